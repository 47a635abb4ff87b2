import { enReplaying } from "@/i18n/en-replaying";
import { koReplaying } from "@/i18n/ko-replaying";
import { addTexts } from "@/i18n/language";

addTexts({ en: enReplaying, ko: koReplaying });
