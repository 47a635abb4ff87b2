import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import { ApiError } from "@/api/client";
import type { DryRun, Finding, Sample } from "@/api/masking";
import { useWords } from "@/i18n/useWords";
import { nameOfRule } from "./names";
import { lineOf, spanOfPlace } from "./sample";
import styles from "./Try.module.css";
import type { Tried } from "./useDryRun";
import { diffWords } from "./wordDiff";

/** What would be masked, by which rule and where, and what would be left. */
export function TryResult({ tried }: { tried: Tried }) {
  const { t } = useWords();
  const { result, sample, waiting, error, refusal } = tried;
  if (error || refusal) {
    const said = error instanceof ApiError && error.status === 0 ? t("error.offline.detail") : error?.message;
    return (
      <p className={styles.problem} role="alert">
        {refusal?.message ?? said}
      </p>
    );
  }
  if (!result) return null;
  const n = result.findings.reduce((sum, finding) => sum + finding.count, 0);
  return (
    <div className={styles.result} data-waiting={waiting || undefined} aria-busy={waiting}>
      <p className={styles.verdict} data-found={n > 0 || undefined} aria-live="polite">
        {n ? t("masking.try.found", { n }) : t("masking.try.none")}
      </p>
      <Stored sample={sample} result={result} />
      {n > 0 && <Findings findings={result.findings} sample={sample} />}
    </div>
  );
}

/** What would be stored of a text or of attributes; a trace shows its places alone. */
function Stored({ sample, result }: { sample: Sample; result: DryRun }) {
  const { t } = useWords();
  if ("trace_id" in sample) return null;
  return (
    <figure className={styles.stored}>
      <figcaption>{t("masking.try.result")}</figcaption>
      {"text" in sample ? (
        <p className={styles.text}>
          <Difference before={sample.text} after={result.text ?? ""} />
        </p>
      ) : (
        <dl className={styles.attributes}>
          {Object.entries(sample.attributes).map(([name, value]) => {
            const left = result.attributes?.[name];
            return (
              <div key={name}>
                <dt>{left === undefined ? <del>{name}</del> : name}</dt>
                <dd>
                  <Difference before={lineOf(value)} after={left === undefined ? "" : lineOf(left)} />
                </dd>
              </div>
            );
          })}
        </dl>
      )}
    </figure>
  );
}

function Difference({ before, after }: { before: string; after: string }) {
  return diffWords(before, after).map(({ kind, text }, at) => {
    const key = `${at}-${kind}`;
    if (kind === "same") return <span key={key}>{text}</span>;
    return kind === "gone" ? <del key={key}>{text}</del> : <ins key={key}>{text}</ins>;
  });
}

function Findings({ findings, sample }: { findings: Finding[]; sample: Sample }) {
  const words = useWords();
  const { t, format } = words;
  const isText = "text" in sample;
  return (
    <table className={styles.findings}>
      <thead>
        <tr>
          {!isText && <th>{t("masking.try.where")}</th>}
          <th>{t("masking.try.rule")}</th>
          <th className={styles.times}>{t("masking.try.times")}</th>
        </tr>
      </thead>
      <tbody>
        {findings.map(({ rule, place, count }) => (
          <tr key={`${rule} ${place}`}>
            {!isText && (
              <td className="mono">
                <PlaceName place={place} sample={sample} />
              </td>
            )}
            <td>{nameOfRule(words, rule)}</td>
            <td className={`${styles.times} num`}>{format.integer(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function PlaceName({ place, sample }: { place: string; sample: Sample }) {
  const span = spanOfPlace(place);
  if (!("trace_id" in sample) || !span) return <Breakable name={place.replace(/^span: /, "")} />;
  return (
    <Link to="/traces/$traceId" params={{ traceId: sample.trace_id }} search={{ span }} className="link">
      <Breakable name={place} />
    </Link>
  );
}

/** A long name that breaks after its dots rather than within a word. */
function Breakable({ name }: { name: string }) {
  return name.split(/(?<=\.)/).map((part, at) => {
    const key = `${at}-${part}`;
    return (
      <Fragment key={key}>
        {part}
        <wbr />
      </Fragment>
    );
  });
}
