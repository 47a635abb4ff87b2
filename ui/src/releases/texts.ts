import { enRelease } from "@/i18n/en-release";
import { koRelease } from "@/i18n/ko-release";
import { addTexts } from "@/i18n/language";

addTexts({ en: enRelease, ko: koRelease });
