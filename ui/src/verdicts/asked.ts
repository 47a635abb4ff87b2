import type { Check } from "@/api/types";
import type { Words } from "@/i18n/language";

/** What a check asks for, in a few words. */
export function askedOf(check: Check, { t, format }: Pick<Words, "t" | "format">): string {
  const { kind, metric } = check;
  if (kind === "at_least" || kind === "at_most") {
    const asked = t(`gates.asked.${kind}`, { bound: format.metric(metric, check.bound ?? 0) });
    const { percentile } = check;
    return percentile ? t("gates.asked.percentile", { asked, percentile }) : asked;
  }
  const margin = check.margin_ratio
    ? t("gates.asked.share", { share: format.percent(check.margin_ratio, 0) })
    : format.metric(metric, check.margin);
  if (kind === "non_inferiority") return t("verdict.non_inferiority", { margin });
  return check.margin || check.margin_ratio
    ? t("gates.asked.better_by", { margin })
    : t("verdict.superiority");
}
