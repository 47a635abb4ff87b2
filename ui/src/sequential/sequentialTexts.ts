import { enSequential } from "@/i18n/en-sequential";
import { koSequential } from "@/i18n/ko-sequential";
import { addTexts } from "@/i18n/language";

addTexts({ en: enSequential, ko: koSequential });
