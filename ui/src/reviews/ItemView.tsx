import { Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useContext, useMemo, useState } from "react";
import type { Content, Shown } from "@/api/reviews";
import { useMay } from "@/api/session";
import { CopyButton } from "@/components/Copy";
import { JsonTree } from "@/components/JsonTree";
import { Markdown } from "@/components/Markdown";
import { useWords } from "@/i18n/useWords";
import { wholeText } from "@/runs/metrics";
import { Conversation } from "@/traces/Conversation";
import { FileBase } from "@/traces/mediaReference";
import styles from "./Reviews.module.css";

const MadeMedia = lazy(() =>
  import("@/evidence/MadeMedia").then((module) => ({ default: module.MadeMedia })),
);

type Output = Content["outputs"][number];

/** What is reviewed: what was asked, what was answered (or two answers side by side), and what it rests on. */
export function ItemView({ item }: { item: Shown }) {
  const { t } = useWords();
  const { content } = item;
  if (!content) return <p className={styles.gone}>{t("reviews.gone")}</p>;
  const pair = content.outputs.length > 1;
  const files = `/api/v1/review-queues/${item.queue}/items/${item.id}/media`;
  return (
    <FileBase.Provider value={files}>
      <ItemContent content={content} pair={pair} />
    </FileBase.Provider>
  );
}

function ItemContent({ content, pair }: { content: Content; pair: boolean }) {
  const { t } = useWords();
  return (
    <div className={styles.item}>
      <Input content={content} />
      <div className={styles.outputs} data-pair={pair || undefined}>
        {content.outputs.map((output, index) => (
          <OutputView
            key={output.trace_id}
            output={output}
            title={pair ? t("reviews.output", { n: index + 1 }) : t("reviews.answer")}
            // Whose output is which would show in the trace.
            traced={!pair}
          />
        ))}
      </div>
      {(content.reference !== null || content.reference_media.length > 0) && (
        <Block title={t("reviews.reference")} text={wholeText(content.reference)}>
          <Files media={content.reference_media} given />
        </Block>
      )}
      {Object.keys(content.metadata).length > 0 && (
        <details className={styles.more}>
          <summary>{t("reviews.metadata")}</summary>
          <JsonTree value={content.metadata} />
        </details>
      )}
    </div>
  );
}

function Input({ content }: { content: Content }) {
  const { t } = useWords();
  const spoken = useMemo(
    () => (content.messages.length > 0 ? JSON.stringify(content.messages) : ""),
    [content.messages],
  );
  if (!spoken) {
    return (
      <Block title={t("reviews.input")} text={wholeText(content.input)}>
        <Files media={content.media} given />
      </Block>
    );
  }
  return (
    <section className={styles.block}>
      <h2>{t("reviews.conversation")}</h2>
      <Conversation raw={spoken} speaker="user" />
    </section>
  );
}

function OutputView({ output, title, traced }: { output: Output; title: string; traced: boolean }) {
  const { t } = useWords();
  const maySeeTraces = useMay("editor");
  // A message of text alone is shown as that text; calls and media need the conversation.
  const rich = output.messages.some((message) => message.parts.some((part) => part.type !== "text"));
  return (
    <section className={styles.block} data-output>
      <h2>
        {title}
        {output.text && <CopyButton text={output.text} label={t("copy.text")} />}
        {traced && maySeeTraces && output.trace_id && (
          <Link className="link" to="/traces/$traceId" params={{ traceId: output.trace_id }} target="_blank">
            {t("reviews.trace")}
          </Link>
        )}
      </h2>
      {rich ? (
        <Conversation raw={JSON.stringify(output.messages)} speaker="assistant" />
      ) : (
        <div className={styles.answer}>
          {output.text ? (
            <Markdown text={output.text} />
          ) : (
            output.media.length === 0 && <span className="faint">{t("reviews.empty_output")}</span>
          )}
          <Files media={output.media} />
        </div>
      )}
      {output.passages.length > 0 && <Passages passages={output.passages} />}
    </section>
  );
}

const SHOWN_PASSAGES = 3;

function Passages({ passages }: { passages: Output["passages"] }) {
  const { t } = useWords();
  const [all, setAll] = useState(false);
  const shown = all ? passages : passages.slice(0, SHOWN_PASSAGES);
  return (
    <details className={styles.more}>
      <summary>{t("reviews.passages", { n: passages.length })}</summary>
      <ol className={styles.passages}>
        {shown.map((passage, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the rank is the identity of a passage
          <li key={index}>
            <div className="faint">
              <span className="num">{index + 1}</span>{" "}
              {[passage.document, passage.section].filter(Boolean).join(" · ")}
            </div>
            <Markdown text={passage.text} reflow />
          </li>
        ))}
      </ol>
      {passages.length > shown.length && (
        <button type="button" className={styles.all} onClick={() => setAll(true)}>
          {t("span.passages", { n: passages.length - shown.length })}
        </button>
      )}
    </details>
  );
}

/** Pictures and clips, as large as there is room. */
function Files({ media, given }: { media: Output["media"]; given?: boolean }) {
  const base = useContext(FileBase);
  if (media.length === 0) return null;
  return (
    <Suspense fallback={null}>
      <MadeMedia media={media} given={given} base={base} />
    </Suspense>
  );
}

function Block({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  const { t } = useWords();
  return (
    <section className={styles.block}>
      <h2>
        {title}
        {text && <CopyButton text={text} label={t("copy.text")} />}
      </h2>
      <div className={styles.answer}>
        {text && <Markdown text={text} />}
        {children}
      </div>
    </section>
  );
}
