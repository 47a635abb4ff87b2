import { Missing } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { exactInterval } from "./exactRate";
import type { Line } from "./lines";
import { isEstimate, isOfCalls, showValue } from "./measures";

/** The value of a series in the whole period, as surely as it is known: an interval, an estimate, a part, or none. */
export function Whole({ line }: { line: Line }) {
  const { t, format } = useWords();
  const { measure, value, n, unknown } = line;
  const partly = t(measure === "cost_usd" ? "dash.unknown.cost" : "dash.unknown.tokens", { n: unknown });
  if (value === null) return <Missing reason={unknown > 0 ? partly : t("missing.requests")} />;
  const shown = showValue(format, measure, value);
  if (measure === "error_rate" && n > 0) {
    const [low, high] = exactInterval(value, n).map((end) => format.percent(end, 1));
    return <span data-tip={t("dash.interval.tip", { low: low ?? "", high: high ?? "", n })}>{shown}</span>;
  }
  if (isEstimate(measure)) return <span data-tip={t("dash.estimate")}>≈ {shown}</span>;
  if (isOfCalls(measure) && unknown > 0) return <span data-tip={partly}>{shown} +</span>;
  return shown;
}
