import { enDashboard } from "@/i18n/en-dashboard";
import { koDashboard } from "@/i18n/ko-dashboard";
import { addTexts } from "@/i18n/language";

addTexts({ en: enDashboard, ko: koDashboard });
