import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { RunningRelease } from "@/api/types";
import { Digest } from "@/components/Copy";
import { IntervalStrip } from "@/components/Interval";
import { ReleaseName } from "@/components/ReleaseName";
import { Spark, type SparkPoint } from "@/components/Spark";
import { Estimated, Missing, When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Overview.module.css";

interface Props {
  environment: string;
  deployment: RunningRelease;
}

export function DeploymentCard({ environment, deployment }: Props) {
  const { t } = useWords();
  const { release, number, digest, since, previous } = deployment;
  return (
    <article className={styles.card}>
      <header className={styles.cardHeader}>
        <h3 className="clip">
          <ReleaseName name={release} number={number} />
        </h3>
        <Digest value={digest} />
        <span className={styles.since}>
          {t("overview.since")} <When time={since} />
        </span>
        {previous && (
          <Link
            className="quiet-link faint"
            to="/releases/$name/$ref"
            params={{ name: release, ref: digest }}
            search={{ tab: "changes", against: previous }}
          >
            {t("overview.changed")}
          </Link>
        )}
      </header>
      <div className={styles.figures}>
        <Quality deployment={deployment} />
        <Traffic environment={environment} deployment={deployment} />
        <Latency deployment={deployment} />
        <Spending deployment={deployment} />
      </div>
    </article>
  );
}

interface FigureProps {
  name: string;
  value: ReactNode;
  note?: ReactNode;
  children: ReactNode;
}

function Figure({ name, value, note, children }: FigureProps) {
  return (
    <div className={styles.figure}>
      <div className={styles.figureName}>{name}</div>
      <div className={styles.figureValue}>
        {value}
        {note && <span className={styles.figureNote}>{note}</span>}
      </div>
      {children}
    </div>
  );
}

function Quality({ deployment }: { deployment: RunningRelease }) {
  const { t, format } = useWords();
  const { quality } = deployment;
  const { metric, mean, low, high, n } = quality ?? {};
  if (!metric || mean === null || mean === undefined) {
    return (
      <Figure name={t("overview.quality")} value={<Missing reason={t("missing.quality")} />}>
        <p className={styles.hint}>{t("overview.quality.hint")}</p>
      </Figure>
    );
  }
  const known = low !== null && low !== undefined && high !== null && high !== undefined;
  return (
    <Figure
      name={t("overview.quality")}
      value={<span className="num">{format.metric(metric, mean)}</span>}
      note={metric}
    >
      {known ? (
        <div
          className={styles.quality}
          data-tip={t("interval.tip", {
            metric,
            low: format.metric(metric, low),
            high: format.metric(metric, high),
            n: n ?? 0,
          })}
        >
          <IntervalStrip mean={mean} low={low} high={high} from={0} to={1} />
          <div className={`${styles.ends} num`}>
            <span>
              {format.metric(metric, low)} – {format.metric(metric, high)}
            </span>
            <span>n = {format.integer(n ?? 0)}</span>
          </div>
        </div>
      ) : (
        <p className={styles.hint}>{t("interval.none", { metric, n: n ?? 0 })}</p>
      )}
    </Figure>
  );
}

function useMark(deployment: RunningRelease) {
  const { t, format } = useWords();
  return {
    time: deployment.since,
    label: t("overview.mark", { number: deployment.number, time: format.exact(deployment.since) }),
  };
}

function Traffic({ environment, deployment }: Props) {
  const { t, format } = useWords();
  const mark = useMark(deployment);
  const { digest, requests_24h: requests, errors_24h: errors, series } = deployment;
  const points = series.map(
    (point): SparkPoint => ({
      time: point.time,
      value: point.requests,
      bad: point.errors,
      estimated: point.estimated,
    }),
  );
  const errorsText = t("overview.errors", { n: errors });
  return (
    <Figure
      name={t("overview.requests")}
      value={
        <>
          <Estimated when={deployment.estimated} />
          <Link
            className="quiet-link num"
            to="/traces"
            search={{ release: digest, environment, since: "24h" }}
          >
            {format.compact(requests)}
          </Link>
        </>
      }
      note={
        errors > 0 ? (
          <Link
            className={styles.errors}
            to="/traces"
            search={{ release: digest, environment, status: "error", since: "24h" }}
          >
            {errorsText} <span className="num">({format.percent(errors / requests)})</span>
          </Link>
        ) : (
          errorsText
        )
      }
    >
      <Spark
        kind="bars"
        points={points}
        mark={mark}
        label={t("overview.requests")}
        describe={(point) =>
          `${format.hour(point.time)}\n${point.estimated ? "≈ " : ""}${t("overview.requests.tip", { n: point.value ?? 0, errors: point.bad ?? 0 })}`
        }
      />
    </Figure>
  );
}

function Latency({ deployment }: { deployment: RunningRelease }) {
  const { t, format } = useWords();
  const mark = useMark(deployment);
  const { latency_p50_s: p50, latency_p95_s: p95, series } = deployment;
  const points = series.map((point): SparkPoint => ({ time: point.time, value: point.latency_p50_s }));
  return (
    <Figure
      name={t("overview.latency")}
      value={
        p50 === null ? (
          <Missing reason={t("missing.requests")} />
        ) : (
          <span className="num">{format.duration(p50)}</span>
        )
      }
      note={p95 === null ? undefined : <span className="num">p95 {format.duration(p95)}</span>}
    >
      <Spark
        kind="line"
        points={points}
        mark={mark}
        label={t("overview.latency")}
        describe={(point) =>
          `${format.hour(point.time)}\n${point.value === null ? t("missing.requests") : `p50 ${format.duration(point.value)}`}`
        }
      />
    </Figure>
  );
}

function Spending({ deployment }: { deployment: RunningRelease }) {
  const { t, format } = useWords();
  const mark = useMark(deployment);
  const { cost_24h_usd: cost, requests_24h: requests, series } = deployment;
  const points = series.map((point): SparkPoint => ({ time: point.time, value: point.cost_usd }));
  // Without requests there is nothing to price; that says nothing about the model.
  const unpriced = deployment.unpriced_models.map((name) => name || t("cost.unnamed")).join(", ");
  const unknown = unpriced ? t("missing.price", { models: unpriced }) : t("missing.cost");
  const reason = requests === 0 ? t("missing.requests") : unknown;
  const reasonAt = (time: string) =>
    series.find((point) => point.time === time)?.requests ? unknown : t("missing.requests");
  const priced = points.some((point) => point.value !== null);
  const per =
    cost !== null && requests > 0
      ? t("overview.cost.each", { cost: format.cost(cost / requests) })
      : undefined;
  return (
    <Figure
      name={t("overview.cost")}
      value={
        cost === null ? (
          <Missing reason={reason} />
        ) : (
          <>
            <Estimated when={deployment.estimated} />
            <span className="num">{format.cost(cost)}</span>
          </>
        )
      }
      note={per}
    >
      {priced ? (
        <Spark
          kind="line"
          points={points}
          mark={mark}
          label={t("overview.cost")}
          describe={(point) =>
            `${format.hour(point.time)}\n${point.value === null ? reasonAt(point.time) : format.cost(point.value)}`
          }
        />
      ) : (
        <p className={styles.hint}>{reason}</p>
      )}
    </Figure>
  );
}
