import "./sequentialTexts";
import type { SequentialCheck, SequentialReport } from "@/api/types";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { useWords } from "@/i18n/useWords";
import { SequenceChart } from "./SequenceChart";
import styles from "./Sequential.module.css";

/** What the looks of a gate saw: of each metric its confidence sequence; of a group its boundaries. */
export function SequentialView({ report, running }: { report: SequentialReport; running?: boolean }) {
  const { t } = useWords();
  const { n, of, saved } = report;
  return (
    <div className={styles.view}>
      <p className={styles.lead}>
        {report.decided
          ? t("seq.decided", { n, of, saved })
          : t(running ? "seq.looking" : "seq.open", { n, of })}{" "}
        <span className="faint">{t(`seq.mode.${report.mode}`)}</span>
      </p>
      <div className={styles.checks}>
        {report.checks.map((check) => (
          <Sequence key={check.metric} check={check} report={report} />
        ))}
      </div>
      {report.planned && report.planned.length > 0 && <Planned report={report} />}
    </div>
  );
}

function Sequence({ check, report }: { check: SequentialCheck; report: SequentialReport }) {
  const { t, format } = useWords();
  const last = check.looks.at(-1);
  const shown = (value: number | null) => (value === null ? "–" : format.difference(check.metric, value));
  return (
    <section className={styles.check} aria-label={check.metric}>
      <h3>
        {check.metric}
        <span className={styles.key} data-kind="band">
          {t("seq.band", { confidence: format.percent(check.confidence, digitsOf(check.confidence)) })}
        </span>
        <span className={styles.key} data-kind="asked">
          {t("seq.asked")} <b className="num">{check.bound === 0 ? "0" : shown(check.bound)}</b>
        </span>
      </h3>
      {last ? (
        <>
          <SequenceChart check={check} mode={report.mode} />
          <p className="dim">
            {last.low === null
              ? t("seq.unknown")
              : t("seq.known", {
                  low: shown(last.low),
                  high: shown(last.high),
                  difference: shown(last.difference),
                })}{" "}
            {check.e_met !== null &&
              check.e_missed !== null &&
              t("seq.evidence", {
                met: evidence(check.e_met),
                missed: evidence(check.e_missed),
                needed: evidence(2 / (1 - check.confidence)),
              })}
          </p>
        </>
      ) : (
        <p className="dim">{t("seq.waiting")}</p>
      )}
    </section>
  );
}

/** 95 %, and 97.5 %. */
const digitsOf = (share: number) => (Math.abs(share * 100 - Math.round(share * 100)) < 1e-6 ? 0 : 1);

/** Evidence by its order: nobody needs the digits of what is far beyond. */
function evidence(value: number): string {
  if (value > 10_000) return "> 10,000";
  return String(value < 10 ? Number(value.toFixed(1)) : Math.round(value));
}

function Planned({ report }: { report: SequentialReport }) {
  const { t, format } = useWords();
  return (
    <Scrolling label={t("seq.mode.group")}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col" className={table.right}>
              {t("seq.items")}
            </th>
            <th scope="col" className={table.right}>
              {t("seq.fraction")}
            </th>
            <th scope="col" className={table.right}>
              {t("seq.boundary")}
            </th>
          </tr>
        </thead>
        <tbody>
          {report.planned?.map((look) => (
            <tr key={look.n} data-seen={look.n <= report.n || undefined}>
              <td className={`${table.right} num`}>{format.integer(look.n)}</td>
              <td className={`${table.right} num`}>{format.percent(look.fraction, 0)}</td>
              <td className={`${table.right} num`}>{look.z === null ? "–" : look.z.toFixed(3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}
