import { lazy, Suspense } from "react";
import type { Check } from "@/api/types";
import { Icon } from "@/components/Icon";
import { MeanWithInterval } from "@/components/Interval";
import { OutcomeBadge } from "@/components/Marks";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { NumberValue } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Verdicts.module.css";

const WhoseWord = lazy(() => import("@/human/WhoseWord").then((module) => ({ default: module.WhoseWord })));

/** One row for each check of a gate: the rule, both means, the difference and its outcome. */
export function ChecksTable({ checks }: { checks: Check[] }) {
  const { t, format } = useWords();
  return (
    <Scrolling label={t("verdict.checks")}>
      <table className={table.table}>
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
            <tr key={check.metric}>
              <td>
                {check.metric} <span className="faint">{t(`verdict.${check.role}`)}</span>
                {(check.human || check.judge_only) && (
                  <Suspense fallback={null}>
                    {" "}
                    <WhoseWord check={check} />
                  </Suspense>
                )}
              </td>
              <td className="dim">
                {check.kind === "superiority"
                  ? t("verdict.superiority")
                  : t("verdict.non_inferiority", { margin: format.metric(check.metric, check.margin) })}
              </td>
              <td className={table.right}>
                <NumberValue
                  value={check.baseline_mean}
                  missing={t("missing.metric", { n: check.n })}
                  show={(v) => format.metric(check.metric, v)}
                />
              </td>
              <td className={table.right}>
                <NumberValue
                  value={check.candidate_mean}
                  missing={t("missing.metric", { n: check.n })}
                  show={(v) => format.metric(check.metric, v)}
                />
              </td>
              <td className={table.right}>
                <MeanWithInterval
                  metric={check.metric}
                  mean={check.difference}
                  low={check.low}
                  high={check.high}
                  n={check.n}
                />
              </td>
              <td className={`${table.right} num`}>
                {format.integer(check.n)}
                {check.needed_n !== null && check.needed_n > check.n && (
                  <span className="faint"> {t("verdict.needed", { n: check.needed_n })}</span>
                )}
              </td>
              <td>
                <span className="row">
                  <OutcomeBadge outcome={check.outcome} />
                  {check.warning && (
                    <span
                      className={styles.warning}
                      data-tip={check.warning}
                      role="img"
                      aria-label={check.warning}
                    >
                      <Icon name="warning" size={13} />
                    </span>
                  )}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}
