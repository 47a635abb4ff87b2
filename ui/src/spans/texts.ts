import { enSpans } from "@/i18n/en-spans";
import { koSpans } from "@/i18n/ko-spans";
import { addTexts } from "@/i18n/language";

addTexts({ en: enSpans, ko: koSpans });
