import { enGates } from "@/i18n/en-gates";
import { koGates } from "@/i18n/ko-gates";
import { addTexts } from "@/i18n/language";

addTexts({ en: enGates, ko: koGates });
