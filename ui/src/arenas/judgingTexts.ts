import { enJudging } from "@/i18n/en-judging";
import { koJudging } from "@/i18n/ko-judging";
import { addTexts } from "@/i18n/language";

addTexts({ en: enJudging, ko: koJudging });
