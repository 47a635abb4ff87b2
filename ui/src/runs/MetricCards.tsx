import { lazy, Suspense } from "react";
import type { MetricSummary } from "@/api/types";
import { IntervalStrip } from "@/components/Interval";
import { Missing } from "@/components/Value";
import { unitOf } from "@/i18n/format";
import { useWords } from "@/i18n/useWords";
import { orderMetrics } from "./metrics";
import styles from "./Runs.module.css";

const PassRates = lazy(() => import("./PassRates").then((module) => ({ default: module.PassRates })));

const MetricShape = lazy(() => import("./Distribution").then((module) => ({ default: module.MetricShape })));

const JudgedCard = lazy(() =>
  import("@/human/JudgedCard").then((module) => ({ default: module.JudgedCard })),
);

interface Props {
  run: string;
  metrics: Record<string, MetricSummary>;
  items: number;
}

/** Every metric of a run: mean, 95 % interval, n and what is missing. */
export function MetricCards({ run, metrics, items }: Props) {
  const { t } = useWords();
  const names = orderMetrics(Object.keys(metrics));
  if (names.length === 0) return null;
  return (
    <ul className={styles.metrics} aria-label={t("run.metrics")}>
      {names.map((name) => {
        const summary = metrics[name];
        return summary && <MetricCard key={name} run={run} name={name} summary={summary} items={items} />;
      })}
    </ul>
  );
}

interface CardProps {
  run: string;
  name: string;
  summary: MetricSummary;
  items: number;
}

function MetricCard({ run, name, summary, items }: CardProps) {
  const { t, format } = useWords();
  const { mean, low, high, n, missing, missing_why, clusters, effective_n: effective } = summary;
  const passes = summary.repeats?.passes;
  const bounded = low !== null && high !== null;
  // A score has its natural axis from 0 to 1; other units are drawn on an axis from zero.
  const end = unitOf(name) === "score" ? Math.max(1, high ?? 1) : Math.max((high ?? 0) * 1.25, mean ?? 0);
  return (
    <li className={styles.metric}>
      <div className={styles.metricName}>{name}</div>
      <div className={styles.metricLine}>
        <span className={`${styles.metricValue} num`}>
          {mean === null ? <Missing reason={t("missing.metric", { n: items })} /> : format.metric(name, mean)}
        </span>
        <span
          className={`${styles.metricNote} num`}
          data-tip={missing > 0 ? t("run.missing", { n: missing }) : undefined}
        >
          n = {format.integer(n)}
          {missing > 0 && ` (−${format.integer(missing)})`}
        </span>
        {clusters && effective && (
          <span className={`${styles.metricNote} num`} data-tip={t("run.clusters", { clusters })}>
            ≈ {format.integer(Math.round(effective))}
          </span>
        )}
      </div>
      {mean !== null && bounded && (
        <>
          <IntervalStrip mean={mean} low={low} high={high} from={Math.min(0, low)} to={end} />
          <div className={`${styles.metricNote} num`}>
            {format.metric(name, low)} – {format.metric(name, high)}
          </div>
        </>
      )}
      {summary.judged && (
        <Suspense fallback={null}>
          <JudgedCard run={run} metric={name} />
        </Suspense>
      )}
      {passes && passes.length > 0 && (
        <Suspense fallback={null}>
          <PassRates metric={name} rates={passes} />
        </Suspense>
      )}
      <Suspense fallback={<div className={styles.shape} />}>
        <MetricShape run={run} metric={name} finished={items} why={missing_why ?? {}} />
      </Suspense>
    </li>
  );
}
