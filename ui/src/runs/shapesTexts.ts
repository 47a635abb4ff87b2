import { enShapes } from "@/i18n/en-shapes";
import { koShapes } from "@/i18n/ko-shapes";
import { addTexts } from "@/i18n/language";

addTexts({ en: enShapes, ko: koShapes });
