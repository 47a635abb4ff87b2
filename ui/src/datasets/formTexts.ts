import { enDatasetForms } from "@/i18n/en-dataset-forms";
import { koDatasetForms } from "@/i18n/ko-dataset-forms";
import { addTexts } from "@/i18n/language";

addTexts({ en: enDatasetForms, ko: koDatasetForms });
