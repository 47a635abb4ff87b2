import { enPrices } from "@/i18n/en-prices";
import { koPrices } from "@/i18n/ko-prices";
import { addTexts } from "@/i18n/language";

addTexts({ en: enPrices, ko: koPrices });
