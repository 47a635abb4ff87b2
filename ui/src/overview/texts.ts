import { enOverview } from "@/i18n/en-overview";
import { koOverview } from "@/i18n/ko-overview";
import { addTexts } from "@/i18n/language";

addTexts({ en: enOverview, ko: koOverview });
