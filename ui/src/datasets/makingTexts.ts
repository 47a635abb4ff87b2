import { enMaking } from "@/i18n/en-making";
import { koMaking } from "@/i18n/ko-making";
import { addTexts } from "@/i18n/language";

addTexts({ en: enMaking, ko: koMaking });
