import { enErasure } from "@/i18n/en-erasure";
import { koErasure } from "@/i18n/ko-erasure";
import { addTexts } from "@/i18n/language";

addTexts({ en: enErasure, ko: koErasure });
