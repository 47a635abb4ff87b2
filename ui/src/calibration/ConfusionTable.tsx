import type { CalibrationResult } from "@/api/calibrations";
import { Scrolling } from "@/components/Scrolling";
import { useWords } from "@/i18n/useWords";
import styles from "./Calibration.module.css";

/** How often people said one thing and the judge the same or another: the more items, the darker. */
export function ConfusionTable({ agreement }: Pick<CalibrationResult, "agreement">) {
  const { t, format } = useWords();
  const { values, confusion } = agreement;
  if (values.length === 0) return <p className="dim">{t("calibration.confusion.none")}</p>;
  const most = Math.max(...confusion.flat(), 1);
  return (
    <Scrolling label={t("calibration.confusion")}>
      <table className={styles.confusion}>
        <thead>
          <tr>
            <th scope="col" className="faint">
              {t("calibration.judge_down")}
            </th>
            {values.map((value) => (
              <th scope="col" key={value} className="num">
                {shown(value)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {values.map((human, row) => (
            <tr key={human}>
              <th scope="row" className="num">
                {shown(human)}
              </th>
              {values.map((judge, column) => {
                const n = confusion[row]?.[column] ?? 0;
                return (
                  <td
                    key={judge}
                    className="num"
                    data-agree={row === column || undefined}
                    data-tip={t("calibration.confusion.tip", { human, judge, n })}
                    style={{ ["--share" as string]: `${Math.round((50 * n) / most)}%` }}
                  >
                    {format.integer(n)}
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

const shown = (value: number) => String(value).replace("-", "−");
