import { enReviews } from "@/i18n/en-reviews";
import { koReviews } from "@/i18n/ko-reviews";
import { addTexts } from "@/i18n/language";

addTexts({ en: enReviews, ko: koReviews });
