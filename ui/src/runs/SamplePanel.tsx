import { Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense } from "react";
import type { Sample } from "@/api/types";
import { CopyButton } from "@/components/Copy";
import { JsonTree } from "@/components/JsonTree";
import { Markdown } from "@/components/Markdown";
import { Panel } from "@/components/Panel";
import { Missing } from "@/components/Value";
import { JudgedEvidence } from "@/evidence/JudgedEvidence";
import { useWords } from "@/i18n/useWords";
import { wholeText } from "./metrics";
import styles from "./SamplePanel.module.css";
import "./repeatsTexts";

const ReplayView = lazy(() => import("./ReplayView").then((module) => ({ default: module.ReplayView })));
const MadeMedia = lazy(() =>
  import("@/evidence/MadeMedia").then((module) => ({ default: module.MadeMedia })),
);

interface Props {
  sample: Sample;
  repeats: number;
  metrics: string[];
  /** Where the item can be corrected. */
  dataset: { name: string; number: number };
  onClose: () => void;
}

export function SamplePanel({ sample, repeats, metrics, dataset, onClose }: Props) {
  const { t, format } = useWords();
  return (
    <Panel
      label={t("sample.title", { item: sample.item })}
      title={
        <>
          <Link
            className="quiet-link mono clip"
            to="/datasets/$name"
            params={{ name: dataset.name }}
            search={{ version: String(dataset.number), item: sample.item }}
          >
            {sample.item}
          </Link>
          {repeats > 1 && (
            <span className="faint">{t("repeats.of", { n: sample.repeat, total: repeats })}</span>
          )}
          <Link className="link" to="/traces/$traceId" params={{ traceId: sample.trace_id }}>
            {t("sample.trace")}
          </Link>
        </>
      }
      onClose={onClose}
    >
      <div className={styles.body}>
        {sample.error && (
          <p className={styles.error} role="alert">
            {sample.error}
          </p>
        )}
        <dl className={styles.scores}>
          {metrics.map((metric) => {
            const value = sample.scores[metric];
            return (
              <div key={metric}>
                <dt>{metric}</dt>
                <dd className="num">
                  {value === null || value === undefined ? (
                    <Missing reason={sample.error ? t("missing.failed_sample") : t("missing.score")} />
                  ) : (
                    format.metric(metric, value)
                  )}
                  {sample.labels[metric] && <span className={styles.label}>{sample.labels[metric]}</span>}
                </dd>
                {(sample.explanations[metric] || metric in sample.evidence) && (
                  <dd className={styles.why}>
                    <JudgedEvidence evidence={sample.evidence[metric]}>
                      {sample.explanations[metric]}
                    </JudgedEvidence>
                  </dd>
                )}
              </div>
            );
          })}
        </dl>
        {sample.replay && (
          <Suspense fallback={null}>
            <ReplayView replay={sample.replay} />
          </Suspense>
        )}
        <Block title={t("samples.input")} value={sample.input} />
        <Block title={t("samples.output")} value={sample.output} missing={t("missing.output")}>
          {sample.media.length > 0 && <MadeMedia media={sample.media} />}
        </Block>
        <Block title={t("samples.reference")} value={sample.reference} missing={t("missing.reference")} />
        {Object.keys(sample.metadata).length > 0 && (
          <section>
            <h2>{t("samples.metadata")}</h2>
            <JsonTree value={sample.metadata} />
          </section>
        )}
      </div>
    </Panel>
  );
}

interface BlockProps {
  title: string;
  value: unknown;
  missing?: string;
  /** Files beside the text. */
  children?: ReactNode;
}

function Block({ title, value, missing = "", children }: BlockProps) {
  const { t } = useWords();
  const text = wholeText(value);
  return (
    <section>
      <h2>
        {title}
        {text && <CopyButton text={text} label={t("copy.text")} />}
      </h2>
      <div className={styles.text}>
        {text ? <Markdown text={text} /> : !children && <Missing reason={missing} />}
        <Suspense>{children}</Suspense>
      </div>
    </section>
  );
}
