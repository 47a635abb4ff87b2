import { enSettings } from "@/i18n/en-settings";
import { koSettings } from "@/i18n/ko-settings";
import { addTexts } from "@/i18n/language";

addTexts({ en: enSettings, ko: koSettings });
