import { enDuplicates } from "@/i18n/en-duplicates";
import { koDuplicates } from "@/i18n/ko-duplicates";
import { addTexts } from "@/i18n/language";

addTexts({ en: enDuplicates, ko: koDuplicates });
