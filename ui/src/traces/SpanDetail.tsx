import { type ReactNode, useMemo, useState } from "react";
import type { Score, Span } from "@/api/types";
import { Code } from "@/components/Code";
import { CopyButton } from "@/components/Copy";
import { Icon } from "@/components/Icon";
import { JsonTree } from "@/components/JsonTree";
import { Cost, Tokens } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { Conversation } from "./Conversation";
import { unpacked } from "./messages";
import styles from "./SpanDetail.module.css";
import { iconOf, talks, toneOf } from "./spanKind";

interface Props {
  span: Span;
  /** Seconds after the start of the trace. */
  offset: number;
  scores: Score[];
}

export function SpanDetail({ span, offset, scores }: Props) {
  const { t, format } = useWords();
  const [raw, setRaw] = useState(false);
  const json = useMemo(() => (raw ? JSON.stringify(span, null, 2) : ""), [raw, span]);
  const model = span.response_model || span.request_model;
  return (
    <article className={styles.detail}>
      <header className={styles.head}>
        <span className={styles.kind} data-tone={toneOf(span)}>
          <Icon name={iconOf(span)} />
        </span>
        <h2>{span.name}</h2>
        <button type="button" className={styles.raw} aria-pressed={raw} onClick={() => setRaw(!raw)}>
          {raw ? t("span.readable") : t("span.raw")}
        </button>
        <CopyButton text={JSON.stringify(span, null, 2)} label={t("span.copy")} />
      </header>
      <div className={`${styles.facts} num`}>
        <span data-tip={t("span.offset")}>+{format.duration(offset)}</span>
        <span data-tip={t("traces.latency")}>{format.duration(span.duration_s)}</span>
        {span.operation && <span>{span.operation}</span>}
        {model && (
          <span>
            {span.provider && `${span.provider} · `}
            {model}
          </span>
        )}
        {span.tool && <span>{span.tool}</span>}
        {(span.input_tokens !== null || span.output_tokens !== null) && (
          <span>
            <Tokens input={span.input_tokens} output={span.output_tokens} /> {t("span.tokens")}
          </span>
        )}
        {(span.cost_usd !== null || span.cost_basis === "no_price") && (
          <Cost value={span.cost_usd} unpriced={span.cost_basis === "no_price" ? [model] : undefined} />
        )}
      </div>
      {span.status === "error" && (
        <p className={styles.error} role="alert">
          {span.status_message || t("span.failed")}
        </p>
      )}
      {raw ? (
        <Code text={json} language="json" label={t("span.raw")} />
      ) : (
        <>
          {scores.length > 0 && <Scores scores={scores} />}
          {span.system_instructions && (
            <Block title={t("span.system")} text={span.system_instructions} folded>
              <Conversation raw={span.system_instructions} speaker="system" />
            </Block>
          )}
          {span.input && (
            <Block title={t("traces.input")} text={span.input}>
              <Conversation raw={span.input} speaker={talks(span) ? "user" : ""} />
            </Block>
          )}
          {span.output && (
            <Block title={t("traces.output")} text={span.output}>
              <Conversation raw={span.output} speaker={talks(span) ? "assistant" : ""} />
            </Block>
          )}
          {!span.input && !span.output && <p className={styles.silent}>{t("span.silent")}</p>}
          {span.events.length > 0 && (
            <Block title={t("span.events")}>
              {span.events.map((event) => (
                <div key={`${event.time}${event.name}`} className={styles.event}>
                  <b>{event.name}</b> <span className="faint num">{format.clock(event.time)}</span>
                  <JsonTree
                    value={event.body == null ? event.attributes : { body: event.body, ...event.attributes }}
                  />
                </div>
              ))}
            </Block>
          )}
          {span.links.length > 0 && (
            <Block title={t("span.links")} folded>
              <JsonTree value={span.links} />
            </Block>
          )}
          <Attributes span={span} />
        </>
      )}
    </article>
  );
}

function Attributes({ span }: { span: Span }) {
  const { t } = useWords();
  const attributes = useMemo(
    () => Object.fromEntries(Object.entries(span.attributes).map(([name, value]) => [name, unpacked(value)])),
    [span.attributes],
  );
  const origin = { kind: span.kind, scope: span.scope, span_id: span.span_id, ...span.resource };
  return (
    <>
      {Object.keys(attributes).length > 0 && (
        <Block title={t("span.attributes", { n: Object.keys(attributes).length })} folded>
          <JsonTree value={attributes} />
        </Block>
      )}
      <Block title={t("span.resource")} folded>
        <JsonTree value={origin} />
      </Block>
    </>
  );
}

interface BlockProps {
  title: string;
  text?: string;
  folded?: boolean;
  children: ReactNode;
}

function Block({ title, text, folded, children }: BlockProps) {
  const { t } = useWords();
  const [open, setOpen] = useState(!folded);
  return (
    <section className={styles.block}>
      <h3>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? "down" : "right"} size={11} />
          {title}
        </button>
        {text && open && <CopyButton text={text} label={t("copy.text")} />}
      </h3>
      {open && children}
    </section>
  );
}

/** Scores beside the span that they judge, with the reason given. */
function Scores({ scores }: { scores: Score[] }) {
  const { t, format } = useWords();
  return (
    <ul className={styles.scores} aria-label={t("traces.scores")}>
      {scores.map((score) => (
        <li key={`${score.name}${score.time}`}>
          <span className={styles.scoreName}>{score.name}</span>
          <span className={`${styles.scoreValue} num`}>
            {score.value === null ? score.label || "–" : format.metric(score.name, score.value)}
          </span>
          <span className="faint" data-tip={score.author || undefined}>
            {t(`score.${score.source}`)}
          </span>
          {score.explanation && <span className={styles.explanation}>{score.explanation}</span>}
        </li>
      ))}
    </ul>
  );
}
