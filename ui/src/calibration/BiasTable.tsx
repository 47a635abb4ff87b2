import type { CalibrationResult, Figure } from "@/api/calibrations";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { useWords } from "@/i18n/useWords";
import { reasonsLine } from "@/runs/reasons";
import styles from "./Calibration.module.css";
import { useFigure } from "./useFigure";

interface Row {
  name: string;
  text: string;
  figure: Figure;
}

/** Order, length and chance: each with its interval. */
export function BiasTable({ result }: { result: CalibrationResult }) {
  const words = useWords();
  const { t, format } = words;
  const { value, interval } = useFigure();
  const { position, verbosity, consistency, null_answer: nulls, coverage } = result;
  const percent = (share: number | null) => (share === null ? "–" : format.percent(share));
  const rows: Row[] = [];
  const add = (name: string, text: string, figure: Figure) => rows.push({ name, text, figure });
  const covered = t("calibration.coverage.text", {
    n: coverage.n - sum(result.missing_why),
    total: coverage.n,
  });
  add(
    t("calibration.coverage"),
    [covered, reasonsLine(words, result.missing_why)].filter(Boolean).join(" · "),
    coverage,
  );
  if (position) {
    add(t("calibration.position"), t("calibration.position.text"), position.first_preference);
    add(t("calibration.order"), t("calibration.order.text"), position.order_consistency);
  }
  if (verbosity?.excess.value != null) {
    const picks = {
      judge: percent(verbosity.judge_picks_longer),
      people: percent(verbosity.people_pick_longer),
    };
    add(t("calibration.verbosity"), t("calibration.verbosity.text", picks), verbosity.excess);
  }
  if (verbosity) {
    const why = verbosity.why_none;
    const text = why ? t("calibration.length.none", { why }) : t("calibration.length.text");
    add(t("calibration.length"), text, verbosity.coefficient);
  }
  if (consistency) {
    const text = t("calibration.flip_rate.text", { repeats: consistency.repeats });
    add(t("calibration.flip_rate"), text, consistency.flip_rate);
  }
  if (nulls) {
    add(t("calibration.null_answer"), t("calibration.null_answer.text", { n: nulls.pairs }), nulls.rate);
  }
  return (
    <Scrolling label={t("calibration.bias")}>
      <table className={table.table}>
        <tbody>
          {rows.map(({ name, text, figure }) => (
            <tr key={name}>
              <td>
                <span className={styles.bias}>
                  {name}
                  <span className="faint">{text}</span>
                </span>
              </td>
              <td className={`${table.right} num`}>
                {value(figure)}
                <span className={`${styles.interval} faint`}>{interval(figure)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, n) => total + n, 0);
