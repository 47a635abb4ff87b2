import { enCalibration } from "@/i18n/en-calibration";
import { koCalibration } from "@/i18n/ko-calibration";
import { addTexts } from "@/i18n/language";

addTexts({ en: enCalibration, ko: koCalibration });
