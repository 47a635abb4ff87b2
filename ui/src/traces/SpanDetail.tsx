import { type ReactNode, useMemo, useState } from "react";
import type { Score, Span } from "@/api/types";
import { Code } from "@/components/Code";
import { CopyButton } from "@/components/Copy";
import { Icon } from "@/components/Icon";
import { JsonTree } from "@/components/JsonTree";
import { useWords } from "@/i18n/useWords";
import { Conversation } from "./Conversation";
import { said, unpacked } from "./messages";
import { SpanActions } from "./SpanActions";
import { SpanAttributes } from "./SpanAttributes";
import styles from "./SpanDetail.module.css";
import { SpanFacts } from "./SpanFacts";
import { SpanScores } from "./SpanScores";
import { iconOf, talks, toneOf } from "./spanKind";

interface Props {
  traceId: string;
  span: Span;
  /** Seconds after the start of the trace. */
  offset: number;
  scores: Score[];
}

export function SpanDetail({ traceId, span, offset, scores }: Props) {
  const { t, format } = useWords();
  const [raw, setRaw] = useState(false);
  const json = useMemo(() => (raw ? JSON.stringify(span, null, 2) : ""), [raw, span]);
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
        <SpanActions traceId={traceId} span={span} />
      </header>
      <SpanFacts span={span} offset={offset} />
      {span.status === "error" && (
        <p className={styles.error} role="alert">
          {span.status_message || t("span.failed")}
        </p>
      )}
      {raw ? (
        <Code text={json} language="json" label={t("span.raw")} />
      ) : (
        <>
          {scores.length > 0 && <SpanScores scores={scores} />}
          {span.system_instructions && (
            <Block title={t("span.system")} text={span.system_instructions} folded>
              <Conversation raw={span.system_instructions} speaker="system" />
            </Block>
          )}
          {span.tool_definitions && (
            <Block title={t("span.tools")} text={span.tool_definitions} folded>
              <JsonTree value={unpacked(span.tool_definitions)} />
            </Block>
          )}
          {span.input && (
            <Block title={t("traces.input")} text={span.input}>
              <Conversation raw={said(span.input, span.input_messages)} speaker={talks(span) ? "user" : ""} />
            </Block>
          )}
          {span.output && (
            <Block title={t("traces.output")} text={span.output}>
              <Conversation
                raw={said(span.output, span.output_messages)}
                speaker={talks(span) ? "assistant" : ""}
              />
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
  const origin = { kind: span.kind, scope: span.scope, span_id: span.span_id };
  return (
    <>
      {Object.keys(span.attributes).length > 0 && (
        <Block title={t("span.attributes", { n: Object.keys(span.attributes).length })} folded>
          <SpanAttributes attributes={span.attributes} family="attributes" />
        </Block>
      )}
      <Block title={t("span.resource")} folded>
        <JsonTree value={origin} />
        <SpanAttributes attributes={span.resource} family="resource" />
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
