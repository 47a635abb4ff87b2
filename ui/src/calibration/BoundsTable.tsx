import type { CalibrationResult } from "@/api/calibrations";
import { OutcomeBadge } from "@/components/Marks";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import { useFigure } from "./useFigure";

const NAMES: Record<string, TextKey> = {
  coverage: "calibration.coverage",
  position: "calibration.position",
  verbosity: "calibration.verbosity",
  flip_rate: "calibration.flip_rate",
  null_answer: "calibration.null_answer",
};

/** The bounds that were set, what was held against each, and what came of it. */
export function BoundsTable({ checks }: Pick<CalibrationResult, "checks">) {
  const { t } = useWords();
  const { number, value, interval } = useFigure();
  const named = (check: CalibrationResult["checks"][number]) => {
    const name = t(NAMES[check.measure] ?? (`calibration.measure.${check.measure}` as TextKey));
    return check.kind === "ceiling" ? t("calibration.ceiling_of", { measure: name }) : name;
  };
  return (
    <Scrolling label={t("calibration.bounds")}>
      <table className={`${table.table} ${table.cards}`}>
        <tbody>
          {checks.map((check) => (
            <tr key={`${check.kind} ${check.measure}`}>
              <td>{named(check)}</td>
              <td className="dim" data-label={t("calibration.bounds")}>
                {t(`calibration.asked.${check.kind}`, { bound: number(check.bound) })}
              </td>
              <td className={`${table.right} num`} data-label={t("calibration.value")}>
                {value(check.figure)} <span className="faint">{interval(check.figure)}</span>
              </td>
              <td data-label={t("calibration.outcome")}>
                <OutcomeBadge outcome={check.outcome} />
                {check.needed_n !== null && (
                  <span className="faint"> {t("calibration.needed", { n: check.needed_n })}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}
