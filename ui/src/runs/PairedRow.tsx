import { Link } from "@tanstack/react-router";
import { lazy, memo, Suspense } from "react";
import type { ComparedSample } from "@/api/types";
import { Missing } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import styles from "./Compare.module.css";
import { wholeText } from "./metrics";

const MadeMedia = lazy(() =>
  import("@/evidence/MadeMedia").then((module) => ({ default: module.MadeMedia })),
);

interface Props {
  sample: ComparedSample;
  metric: string;
  metrics: string[];
  higherIsBetter: boolean;
}

/** One item with both answers side by side. */
export const PairedRow = memo(function PairedRow({ sample, metric, metrics, higherIsBetter }: Props) {
  const { t, format } = useWords();
  const { difference } = sample;
  const direction =
    difference === null || difference === 0
      ? "unclear"
      : difference > 0 === higherIsBetter
        ? "better"
        : "worse";
  return (
    <article className={styles.pair}>
      <header className={styles.pairHead}>
        <span className={`${styles.delta} num`} data-direction={direction}>
          {difference === null ? (
            <Missing reason={t("missing.pair")} />
          ) : (
            format.difference(metric, difference)
          )}
        </span>
        <span className="mono faint">{sample.item}</span>
        <span className={styles.question}>{wholeText(sample.input)}</span>
      </header>
      <div className={styles.sides}>
        <div className={styles.side}>
          <h3>{t("samples.reference")}</h3>
          <p className="dim">{wholeText(sample.reference) || <Missing reason={t("missing.reference")} />}</p>
        </div>
        <Side title={t("compare.baseline")} side={sample.baseline} metric={metric} metrics={metrics} />
        <Side title={t("compare.candidate")} side={sample.candidate} metric={metric} metrics={metrics} />
      </div>
    </article>
  );
});

interface SideProps {
  title: string;
  side: ComparedSample["baseline"];
  metric: string;
  metrics: string[];
}

function Side({ title, side, metric, metrics }: SideProps) {
  const { t, format } = useWords();
  if (!side) {
    return (
      <div className={styles.side}>
        <h3>{title}</h3>
        <p className="faint">{t("missing.sample")}</p>
      </div>
    );
  }
  const value = side.scores[metric] ?? null;
  const others = metrics
    .map((name) => [name, side.scores[name]] as const)
    .map(
      ([name, score]) =>
        `${name}  ${score === null || score === undefined ? "–" : format.metric(name, score)}`,
    )
    .join("\n");
  return (
    <div className={styles.side}>
      <h3>
        {title}
        <span className={`${styles.sideScore} num`} data-tip={others}>
          {value === null ? "–" : format.metric(metric, value)}
        </span>
        {side.trace_id && (
          <Link className={styles.sideTrace} to="/traces/$traceId" params={{ traceId: side.trace_id }}>
            {t("sample.trace")}
          </Link>
        )}
      </h3>
      {side.error ? (
        <p className={styles.worse}>{side.error}</p>
      ) : (
        (side.output || side.media.length === 0) && (
          <p>{side.output || <Missing reason={t("missing.output")} />}</p>
        )
      )}
      {side.media.length > 0 && (
        <Suspense fallback={null}>
          <MadeMedia media={side.media} />
        </Suspense>
      )}
    </div>
  );
}
