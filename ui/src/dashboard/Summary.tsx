import { Link } from "@tanstack/react-router";
import type { DashboardChart, Measure } from "@/api/charts";
import { useWords } from "@/i18n/useWords";
import styles from "./ChartCard.module.css";
import { exactInterval } from "./exactRate";
import { totalsOf, valueOfAll } from "./lines";
import { tracesBehind } from "./links";
import { measureName } from "./measures";
import type { Measured } from "./useMeasured";
import { Whole } from "./Whole";

/** The figures of the whole period: the value if there is one of all, how many it is of, how many say nothing. */
export function Summary({ item, measured }: { item: DashboardChart; measured: Measured }) {
  const words = useWords();
  const { t, format } = words;
  const { measure } = item.chart;
  const { n, unknown } = totalsOf(measured.lines);
  const link = (of: Measure) => {
    const value = valueOfAll(measured.lines, of);
    if (value === null) return null;
    const line = { key: "", measure: of, place: 0, beside: false, value, n, unknown, points: [], values: [] };
    return (
      <Link
        to="/traces"
        search={tracesBehind({ ...item.chart, by: "" }, of, "", [], measured.range)}
        className="quiet-link num"
      >
        <span className="visually-hidden">{measureName(item.chart, of, words)}: </span>
        <Whole line={line} />
      </Link>
    );
  };
  const own = valueOfAll(measured.lines, measure);
  const interval = measure === "error_rate" && own !== null && n > 0 ? exactInterval(own, n) : null;
  const other = item.beside && link(item.beside);
  return (
    <p className={styles.summary}>
      {own !== null && <strong>{link(measure)}</strong>}
      {interval && (
        <span className="num dim" data-tip={t("dash.interval.tip.short")}>
          {format.percent(interval[0])} – {format.percent(interval[1])}
        </span>
      )}
      {item.beside && other && (
        <span className="dim">
          {measureName(item.chart, item.beside, words)} {other}
        </span>
      )}
      <span className="num faint">n={format.integer(n)}</span>
      {unknown > 0 && measure === "cost_usd" && (
        <Link
          to="/settings/prices"
          className="quiet-link num dim"
          data-tip={t("dash.unknown.cost", { n: unknown })}
        >
          {t("dash.unknown", { n: unknown })}
        </Link>
      )}
      {unknown > 0 && measure !== "cost_usd" && (
        <span className="num dim" data-tip={t("dash.unknown.tokens", { n: unknown })}>
          {t("dash.unknown", { n: unknown })}
        </span>
      )}
    </p>
  );
}
