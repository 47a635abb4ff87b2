import { enArenas } from "@/i18n/en-arenas";
import { koArenas } from "@/i18n/ko-arenas";
import { addTexts } from "@/i18n/language";

addTexts({ en: enArenas, ko: koArenas });
