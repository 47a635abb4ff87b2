import { enPalette } from "@/i18n/en-palette";
import { koPalette } from "@/i18n/ko-palette";
import { addTexts } from "@/i18n/language";

addTexts({ en: enPalette, ko: koPalette });
