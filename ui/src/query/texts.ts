import { enQuery } from "@/i18n/en-query";
import { koQuery } from "@/i18n/ko-query";
import { addTexts } from "@/i18n/language";

addTexts({ en: enQuery, ko: koQuery });
