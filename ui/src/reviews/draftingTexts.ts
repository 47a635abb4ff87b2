import { enDrafting } from "@/i18n/en-drafting";
import { koDrafting } from "@/i18n/ko-drafting";
import { addTexts } from "@/i18n/language";

addTexts({ en: enDrafting, ko: koDrafting });
