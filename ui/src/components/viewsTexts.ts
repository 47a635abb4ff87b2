import { enViews } from "@/i18n/en-views";
import { koViews } from "@/i18n/ko-views";
import { addTexts } from "@/i18n/language";

addTexts({ en: enViews, ko: koViews });
