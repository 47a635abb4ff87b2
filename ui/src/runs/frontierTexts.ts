import { enFrontier } from "@/i18n/en-frontier";
import { koFrontier } from "@/i18n/ko-frontier";
import { addTexts } from "@/i18n/language";

addTexts({ en: enFrontier, ko: koFrontier });
