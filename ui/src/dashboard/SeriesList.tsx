import { Link } from "@tanstack/react-router";
import type { DashboardChart, Range } from "@/api/charts";
import { useWords } from "@/i18n/useWords";
import styles from "./ChartCard.module.css";
import type { Line } from "./lines";
import { tracesBehind } from "./links";
import { measureName, nameOfKey, OTHERS, titleOf } from "./measures";
import { Whole } from "./Whole";

interface Props {
  item: DashboardChart;
  lines: readonly Line[];
  range: Range;
}

const PALETTE = 6;

/** The series with their values of the whole period: the legend, and for the keyboard the way to the traces. */
export function SeriesList({ item, lines, range }: Props) {
  const words = useWords();
  const { t, format } = words;
  const own = lines.filter((line) => !line.beside);
  const keys = own.map((line) => line.key);
  const linkTo = (line: Line) => (
    <Link
      to="/traces"
      search={tracesBehind(item.chart, line.measure, line.key, keys, range)}
      className={`${styles.value} num`}
    >
      <span className="visually-hidden">
        {nameOfKey(line.key, item.chart, words)}, {measureName(item.chart, line.measure, words)}:{" "}
      </span>
      <Whole line={line} />
    </Link>
  );
  return (
    <table className={styles.series} aria-label={t("dash.series", { name: titleOf(item, words) })}>
      {item.beside && (
        <thead className="faint">
          <tr>
            <th scope="col">
              <span className="visually-hidden">{t("dash.field.by")}</span>
            </th>
            <th scope="col">{measureName(item.chart, item.chart.measure, words)}</th>
            <th scope="col">
              <span className={styles.dashed} /> {measureName(item.chart, item.beside, words)}
            </th>
            <th scope="col">n</th>
          </tr>
        </thead>
      )}
      <tbody>
        {own.map((line) => {
          const other = lines.find((each) => each.beside && each.key === line.key);
          return (
            <tr key={line.key}>
              <td className={styles.name}>
                <span
                  className={styles.swatch}
                  style={{
                    background:
                      line.key === OTHERS ? "var(--faint)" : `var(--series-${(line.place % PALETTE) + 1})`,
                  }}
                />
                {nameOfKey(line.key, item.chart, words)}
              </td>
              <td>{linkTo(line)}</td>
              {item.beside && <td>{other && linkTo(other)}</td>}
              <td className="num faint">
                {item.beside ? format.integer(line.n) : `n=${format.integer(line.n)}`}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
