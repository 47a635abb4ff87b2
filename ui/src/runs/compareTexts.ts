import { enCompare } from "@/i18n/en-compare";
import { koCompare } from "@/i18n/ko-compare";
import { addTexts } from "@/i18n/language";

addTexts({ en: enCompare, ko: koCompare });
