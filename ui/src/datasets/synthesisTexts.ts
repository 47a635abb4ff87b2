import { enSynthesis } from "@/i18n/en-synthesis";
import { koSynthesis } from "@/i18n/ko-synthesis";
import { addTexts } from "@/i18n/language";

addTexts({ en: enSynthesis, ko: koSynthesis });
