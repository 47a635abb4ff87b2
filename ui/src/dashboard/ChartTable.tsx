import type { DashboardChart } from "@/api/charts";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { Missing } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { lineName } from "./ChartBody";
import styles from "./ChartCard.module.css";
import { showValue, titleOf } from "./measures";
import { timeLabels } from "./timeLabels";
import type { Measured } from "./useMeasured";

/** The same figures as text, newest first: for who cannot see the drawing, or wants the numbers. */
export function ChartTable({ item, measured }: { item: DashboardChart; measured: Measured }) {
  const words = useWords();
  const { t, format, language } = words;
  const labels = timeLabels(language);
  const { lines, starts, data } = measured;
  const places = starts.map((_, at) => at).filter((at) => lines.some((line) => line.points[at]));
  return (
    <Scrolling label={titleOf(item, words)} className={styles.table}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{t("dash.time")}</th>
            {lines.map((line) => (
              <th key={`${line.measure} ${line.key}`} scope="col" className={table.right}>
                {lineName(line, item, words)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {places.reverse().map((at) => (
            <tr key={at}>
              <td className="num">{labels.interval(starts[at] ?? 0, data.interval_s)}</td>
              {lines.map((line) => {
                const value = line.values[at] ?? null;
                return (
                  <td key={`${line.measure} ${line.key}`} className={`${table.right} num`}>
                    {value === null ? (
                      <Missing reason={t("missing.time")} />
                    ) : (
                      showValue(format, line.measure, value)
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}
