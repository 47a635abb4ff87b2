import "./texts";
import { lazy, Suspense } from "react";
import type { Check } from "@/api/types";
import { Icon } from "@/components/Icon";
import { MeanWithInterval } from "@/components/Interval";
import { OutcomeBadge } from "@/components/Marks";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { NumberValue } from "@/components/Value";
import type { Words } from "@/i18n/language";
import { useWords } from "@/i18n/useWords";
import { isBound, subjectOf } from "@/runs/differences";
import { askedOf } from "./asked";
import styles from "./Verdicts.module.css";

const WhoseWord = lazy(() => import("@/human/WhoseWord").then((module) => ({ default: module.WhoseWord })));

/** One row for each check of a gate: the rule, both means, the difference and its outcome. */
export function ChecksTable({ checks }: { checks: Check[] }) {
  const words = useWords();
  const { t, format } = words;
  return (
    <Scrolling label={t("verdict.checks")}>
      <table className={`${table.table} ${table.cards}`}>
        <thead>
          <tr>
            <th scope="col">{t("verdict.metric")}</th>
            <th scope="col">{t("verdict.rule")}</th>
            <th scope="col" className={table.right}>
              {t("compare.baseline")}
            </th>
            <th scope="col" className={table.right}>
              {t("compare.candidate")}
            </th>
            <th scope="col" className={table.right}>
              {t("compare.difference")}
            </th>
            <th scope="col" className={table.right}>
              n
            </th>
            <th scope="col">{t("verdict.outcome")}</th>
          </tr>
        </thead>
        <tbody>
          {checks.map((check) => (
            <tr key={`${subjectOf(check)} ${check.role} ${check.kind} ${check.bound ?? ""}`}>
              <td>
                {check.metric}
                {check.slice && (
                  <span>
                    {" "}
                    <span className="faint">{check.slice.field}</span> {check.slice.value}
                  </span>
                )}{" "}
                {!check.slice && <span className="faint">{t(`verdict.${check.role}`)}</span>}
                {(check.human || check.judge_only) && (
                  <Suspense fallback={null}>
                    {" "}
                    <WhoseWord check={check} />
                  </Suspense>
                )}
              </td>
              <td className="dim" data-label={t("verdict.rule")}>
                {askedOf(check, words)}
              </td>
              <td className={table.right} data-label={t("compare.baseline")}>
                <NumberValue
                  value={check.baseline_mean}
                  missing={t("missing.metric", { n: check.n })}
                  show={(v) => format.metric(check.metric, v)}
                />
              </td>
              <td className={table.right} data-label={t("compare.candidate")}>
                <NumberValue
                  value={check.level?.value ?? check.candidate_mean}
                  missing={t("missing.metric", { n: check.n })}
                  show={(v) => format.metric(check.metric, v)}
                />
              </td>
              <td className={table.right} data-label={t("compare.difference")}>
                <Decisive check={check} />
              </td>
              <td className={`${table.right} num`} data-label="n" data-tip={sureness(check, words)}>
                {format.integer(check.n)}
                {check.needed_n !== null && check.needed_n > check.n && (
                  <span className="faint"> {t("verdict.needed", { n: check.needed_n })}</span>
                )}
              </td>
              <td data-label={t("verdict.outcome")}>
                <span className="row">
                  <OutcomeBadge outcome={check.outcome} />
                  <Doubt text={check.blocking === false ? t("gates.no_say") : check.warning} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}

/** What decides: the difference, or of a bound the candidate's own value, with its interval. */
function Decisive({ check }: { check: Check }) {
  const { t, format } = useWords();
  if (!isBound(check)) {
    return (
      <MeanWithInterval
        metric={check.metric}
        mean={check.difference}
        low={check.low}
        high={check.high}
        n={check.n}
      />
    );
  }
  const { level } = check;
  const end = (value: number | null | undefined) =>
    value === null || value === undefined ? "–" : format.metric(check.metric, value);
  const tip = t("gates.at_confidence", {
    confidence: format.percent(check.confidence, 0),
    low: end(level?.low),
    high: end(level?.high),
  });
  // Of a percentile one end may be beyond the values that there are.
  let range = `${end(level?.low)} – ${end(level?.high)}`;
  if (level && level.high === null) range = level.low === null ? "–" : `≥ ${end(level.low)}`;
  else if (level && level.low === null) range = `≤ ${end(level.high)}`;
  return (
    <span className="num" data-tip={tip}>
      {range}
    </span>
  );
}

/** How many independent items the items are worth, and how many have a value at all. */
function sureness(check: Check, { t, format }: Words): string | undefined {
  const said = [];
  if (check.clusters !== check.n && check.effective_n) {
    const counts = { n: check.n, clusters: check.clusters, effective: Math.round(check.effective_n) };
    said.push(t("gates.effective", counts));
  }
  const covered = Math.min(check.baseline_coverage ?? 1, check.candidate_coverage ?? 1);
  if (covered < 1) said.push(t("gates.coverage", { share: format.percent(covered, 0) }));
  return said.join("; ") || undefined;
}

function Doubt({ text }: { text: string | null }) {
  if (!text) return null;
  return (
    <span className={styles.warning} data-tip={text} role="img" aria-label={text}>
      <Icon name="warning" size={13} />
    </span>
  );
}
