import type { Span } from "@/api/types";
import { TextDiff } from "@/components/Code";
import { useWords } from "@/i18n/useWords";
import { type AlignedRow, differencesOf } from "./align";
import styles from "./Comparison.module.css";
import { Conversation } from "./Conversation";
import detail from "./SpanDetail.module.css";
import { talks } from "./spanKind";
import { transcriptOf } from "./transcript";
import "./againstTexts";

const TEXTS = { system_instructions: "span.system", input: "traces.input", output: "traces.output" } as const;
const FACTS = ["status", "status_message", "request_model", "input_tokens", "output_tokens"] as const;

export function SpanDifference({ row }: { row: AlignedRow }) {
  const { t } = useWords();
  const { before, after, change } = row;
  const span = after ?? before;
  if (!span) return null;
  return (
    <article className={detail.detail}>
      <header className={detail.head}>
        <h2>{span.name}</h2>
        {change !== "same" && (
          <span className={styles.badge} data-change={change}>
            {t(`against.${change}`)}
          </span>
        )}
      </header>
      {before && after ? <Both before={before} after={after} /> : <Alone span={span} />}
    </article>
  );
}

function Both({ before, after }: { before: Span; after: Span }) {
  const { t, format } = useWords();
  const differences = differencesOf(before, after);
  const facts = FACTS.filter((name) => differences.includes(name));
  const show = (value: Span[keyof Span]) =>
    typeof value === "number" ? format.integer(value) : String(value ?? "") || "–";
  if (differences.length === 0) {
    return (
      <>
        <p className={detail.silent}>{t("against.same")}</p>
        <Alone span={after} />
      </>
    );
  }
  return (
    <>
      {facts.length > 0 && (
        <dl className={styles.facts}>
          {facts.map((name) => (
            <div key={name}>
              <dt className="mono">{name}</dt>
              <dd className="num">
                <del>{show(before[name])}</del> <ins>{show(after[name])}</ins>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {(Object.keys(TEXTS) as (keyof typeof TEXTS)[])
        .filter((name) => differences.includes(name))
        .map((name) => (
          <section key={name}>
            <h3 className={styles.title}>{t(TEXTS[name])}</h3>
            <TextDiff
              before={transcriptOf(before[name])}
              after={transcriptOf(after[name])}
              label={t(TEXTS[name])}
            />
          </section>
        ))}
    </>
  );
}

function Alone({ span }: { span: Span }) {
  const { t } = useWords();
  return (
    <>
      {span.input && (
        <section>
          <h3 className={styles.title}>{t("traces.input")}</h3>
          <Conversation raw={span.input} speaker={talks(span) ? "user" : ""} />
        </section>
      )}
      {span.output && (
        <section>
          <h3 className={styles.title}>{t("traces.output")}</h3>
          <Conversation raw={span.output} speaker={talks(span) ? "assistant" : ""} />
        </section>
      )}
      {!span.input && !span.output && <p className={detail.silent}>{t("span.silent")}</p>}
    </>
  );
}
