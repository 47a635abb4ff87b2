import { enAgainst } from "@/i18n/en-against";
import { koAgainst } from "@/i18n/ko-against";
import { addTexts } from "@/i18n/language";

addTexts({ en: enAgainst, ko: koAgainst });
