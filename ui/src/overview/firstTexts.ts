import { enFirst } from "@/i18n/en-first";
import { koFirst } from "@/i18n/ko-first";
import { addTexts } from "@/i18n/language";

addTexts({ en: enFirst, ko: koFirst });
