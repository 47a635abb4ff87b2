import { enEvidence } from "@/i18n/en-evidence";
import { koEvidence } from "@/i18n/ko-evidence";
import { addTexts } from "@/i18n/language";

addTexts({ en: enEvidence, ko: koEvidence });
