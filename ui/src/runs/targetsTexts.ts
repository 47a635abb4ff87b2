import { enTargets } from "@/i18n/en-targets";
import { koTargets } from "@/i18n/ko-targets";
import { addTexts } from "@/i18n/language";

addTexts({ en: enTargets, ko: koTargets });
