import type { CalibrationResult, Figure } from "@/api/calibrations";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import styles from "./Calibration.module.css";
import { useFigure } from "./useFigure";

const MEASURES = [
  "kappa",
  "linear_kappa",
  "quadratic_kappa",
  "ac1",
  "alpha",
  "spearman",
  "accuracy",
  "balanced_accuracy",
] as const;

interface Row {
  measure: string;
  judge: Figure;
  people?: Figure;
  /** The judge against the majorities that each person is held against. */
  same?: Figure;
}

/** The measures there are; of two values all weighted kappas are the plain one. */
export function rowsOf({ agreement, people }: CalibrationResult): Row[] {
  const weighted = agreement.values.length > 2;
  return MEASURES.flatMap((measure) => {
    const judge = agreement.measures[measure];
    if (!judge || (!weighted && measure.endsWith("_kappa"))) return [];
    const ceiling = measure === "alpha" ? people?.alpha : people?.people[measure];
    return [{ measure, judge, people: ceiling, same: people?.judge[measure] }];
  });
}

/** The axis: from 0, or from below the lowest end of an interval, up to 1. */
export function startOf(rows: Row[]): number {
  const lows = rows.flatMap(({ judge, people }) =>
    [judge.low ?? judge.value, people?.low ?? people?.value].filter(
      (low) => low !== null && low !== undefined,
    ),
  );
  return Math.max(-1, Math.min(0, Math.floor(Math.min(...lows, 0) * 5) / 5));
}

/** Agreement on one axis: the judge with its interval, and people among themselves as what can be reached. */
export function AgreementPlot({ result }: { result: CalibrationResult }) {
  const { t, format } = useWords();
  const rows = rowsOf(result);
  const start = startOf(rows);
  const ticks = Array.from({ length: 6 }, (_, tick) => start + ((1 - start) * tick) / 5);
  const place = (value: number) => `${(100 * (value - start)) / (1 - start)}%`;
  return (
    <div className={styles.plot}>
      <div className={styles.legend}>
        <span>
          <i className={styles.point} /> {t("calibration.judge")}
        </span>
        {result.people && (
          <span>
            <i className={styles.ceiling} /> {t("calibration.people")}
          </span>
        )}
      </div>
      {rows.map((row) => (
        <Line key={row.measure} row={row} place={place} />
      ))}
      <div className={styles.line} aria-hidden="true">
        <span />
        <div className={`${styles.axis} num`}>
          {ticks.map((tick) => (
            <span key={tick} style={{ left: place(tick) }}>
              {format.metric("score", tick).replace(/\.?0+$/, "") || "0"}
            </span>
          ))}
        </div>
        <span />
      </div>
    </div>
  );
}

function Line({
  row: { measure, judge, people, same },
  place,
}: {
  row: Row;
  place: (value: number) => string;
}) {
  const { t } = useWords();
  const figure = useFigure();
  const across = ({ low, high }: Figure) =>
    low === null || high === null ? undefined : { left: place(low), right: `calc(100% - ${place(high)})` };
  const band = people && across(people);
  const range = across(judge);
  const told =
    people && same
      ? t("calibration.people.same", { judge: figure.value(same), interval: figure.tip(people) })
      : people && figure.tip(people);
  return (
    <div className={styles.line}>
      <span>{t(`calibration.measure.${measure}` as TextKey)}</span>
      <div className={styles.track} data-tip={figure.tip(judge)}>
        {band && <span className={styles.band} style={band} />}
        {people?.value != null && <span className={styles.ceiling} style={{ left: place(people.value) }} />}
        {range && <span className={styles.range} style={range} />}
        {judge.value !== null && <span className={styles.point} style={{ left: place(judge.value) }} />}
      </div>
      <span className={`${styles.figures} num`}>
        <strong>{figure.value(judge)}</strong>
        {people && (
          <span className="dim" data-tip={told}>
            {figure.value(people)}
          </span>
        )}
      </span>
    </div>
  );
}
