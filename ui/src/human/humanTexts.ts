import { enHuman } from "@/i18n/en-human";
import { koHuman } from "@/i18n/ko-human";
import { addTexts } from "@/i18n/language";

addTexts({ en: enHuman, ko: koHuman });
