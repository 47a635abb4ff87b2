import { enRepeats } from "@/i18n/en-repeats";
import { koRepeats } from "@/i18n/ko-repeats";
import { addTexts } from "@/i18n/language";

addTexts({ en: enRepeats, ko: koRepeats });
