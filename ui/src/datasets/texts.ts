import { enDatasets } from "@/i18n/en-datasets";
import { koDatasets } from "@/i18n/ko-datasets";
import { addTexts } from "@/i18n/language";

addTexts({ en: enDatasets, ko: koDatasets });
