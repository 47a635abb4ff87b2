import { enSessions } from "@/i18n/en-sessions";
import { koSessions } from "@/i18n/ko-sessions";
import { addTexts } from "@/i18n/language";

addTexts({ en: enSessions, ko: koSessions });
