import { enEvaluators } from "@/i18n/en-evaluators";
import { koEvaluators } from "@/i18n/ko-evaluators";
import { addTexts } from "@/i18n/language";

addTexts({ en: enEvaluators, ko: koEvaluators });
