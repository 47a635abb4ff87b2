import { enRuns } from "@/i18n/en-runs";
import { koRuns } from "@/i18n/ko-runs";
import { addTexts } from "@/i18n/language";

addTexts({ en: enRuns, ko: koRuns });
