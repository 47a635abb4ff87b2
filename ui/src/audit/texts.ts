import { enAudit } from "@/i18n/en-audit";
import { koAudit } from "@/i18n/ko-audit";
import { addTexts } from "@/i18n/language";

addTexts({ en: enAudit, ko: koAudit });
