import { enGraph } from "@/i18n/en-graph";
import { koGraph } from "@/i18n/ko-graph";
import { addTexts } from "@/i18n/language";

addTexts({ en: enGraph, ko: koGraph });
