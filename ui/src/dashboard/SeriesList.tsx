import { Link } from "@tanstack/react-router";
import type { DashboardChart, Range } from "@/api/charts";
import { Missing } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { lineName } from "./ChartBody";
import styles from "./ChartCard.module.css";
import type { Line } from "./lines";
import { tracesBehind } from "./links";
import { isSum, OTHERS, showValue, titleOf } from "./measures";
import { Unknown } from "./Unknown";

interface Props {
  item: DashboardChart;
  lines: readonly Line[];
  range: Range;
}

/** The series with their values of the whole period: the legend, and for the keyboard the way to the traces. */
export function SeriesList({ item, lines, range }: Props) {
  const words = useWords();
  const { t, format } = words;
  const keys = lines.filter((line) => !line.beside).map((line) => line.key);
  return (
    <ul className={styles.series} aria-label={t("dash.series", { name: titleOf(item, words) })}>
      {lines.map((line) => (
        <li key={`${line.measure} ${line.key}`}>
          <Link
            to="/traces"
            search={tracesBehind(item.chart, line.measure, line.key, keys, range)}
            className={styles.line}
          >
            <span
              className={styles.swatch}
              data-dashed={line.beside || undefined}
              style={{
                borderColor: line.key === OTHERS ? "var(--faint)" : `var(--series-${(line.place % 6) + 1})`,
              }}
            />
            <span className="clip">{lineName(line, item, words)}</span>
            <span className={`${styles.value} num`}>
              {line.value === null ? (
                <Missing reason={t(isSum(line.measure) ? "missing.cost" : "missing.requests")} />
              ) : (
                showValue(format, line.measure, line.value)
              )}
              {line.unknown > 0 && <Unknown measure={line.measure} n={line.unknown} short />}
            </span>
            <span className={`${styles.n} num faint`}>n={format.compact(line.n)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
