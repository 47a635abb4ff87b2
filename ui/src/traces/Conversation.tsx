import { type ComponentProps, lazy, Suspense, useMemo, useState } from "react";
import { Icon } from "@/components/Icon";
import { Markdown } from "@/components/Markdown";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import styles from "./Conversation.module.css";
import { pairCalls } from "./calls";
import { Media } from "./Media";
import { type Message, type MessagePart, type Passage, readContent } from "./messages";

const LazyTree = lazy(() => import("@/components/JsonTree").then((module) => ({ default: module.JsonTree })));

/** Most of what is said is text, and needs no tree. */
function JsonTree(props: ComponentProps<typeof LazyTree>) {
  return (
    <Suspense fallback={null}>
      <LazyTree {...props} />
    </Suspense>
  );
}

const ROLES: Record<string, TextKey> = {
  system: "message.system",
  user: "message.user",
  assistant: "message.assistant",
  tool: "message.tool",
};

interface Props {
  raw: string;
  /** Who speaks when the text does not say. */
  speaker: string;
}

/** Messages as a conversation; other JSON folded; anything else as Markdown. */
export function Conversation({ raw, speaker }: Props) {
  const content = useMemo(() => readContent(raw), [raw]);
  if (content.kind === "json") {
    return (
      <div className={styles.json}>
        <JsonTree value={content.value} open={2} />
      </div>
    );
  }
  if (content.kind === "passages") return <Passages passages={content.passages} />;
  const messages: Message[] =
    content.kind === "text"
      ? [{ role: speaker, parts: [{ kind: "text", text: content.text }] }]
      : pairCalls(content.messages);
  return (
    <ol className={styles.conversation}>
      {messages.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the messages of a span never change
        <MessageView key={index} message={message} speaker={message.role || speaker} />
      ))}
    </ol>
  );
}

const SHOWN_PASSAGES = 3;

function Passages({ passages }: { passages: Passage[] }) {
  const { t, format } = useWords();
  const [all, setAll] = useState(false);
  const shown = all ? passages : passages.slice(0, SHOWN_PASSAGES);
  return (
    <ol className={styles.conversation}>
      {shown.map(({ place, text, score }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rank is the identity of a passage
        <li key={index} className={styles.message}>
          <div className={styles.place}>
            <span className="num">{index + 1}</span>
            <span className="clip">{place}</span>
            {score !== null && (
              <span className={`${styles.passageScore} num`}>{format.metric("score", score)}</span>
            )}
          </div>
          <Markdown text={text} reflow />
        </li>
      ))}
      {passages.length > shown.length && (
        <li>
          <button type="button" className={styles.rest} onClick={() => setAll(true)}>
            {t("span.passages", { n: passages.length - shown.length })}
          </button>
        </li>
      )}
    </ol>
  );
}

function MessageView({ message, speaker }: { message: Message; speaker: string }) {
  const { t } = useWords();
  const known = ROLES[speaker];
  return (
    <li className={styles.message} data-role={speaker}>
      {speaker && (
        <div className={styles.role}>
          {known ? t(known) : speaker}
          {message.finish && message.finish !== "stop" && <span className="faint"> · {message.finish}</span>}
        </div>
      )}
      {message.parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a message never change
        <Part key={index} part={part} />
      ))}
    </li>
  );
}

function Part({ part }: { part: MessagePart }) {
  const { t } = useWords();
  switch (part.kind) {
    case "text":
      return <Markdown text={part.text} />;
    case "reasoning":
      return (
        <details className={styles.reasoning}>
          <summary>{t("message.reasoning")}</summary>
          <Markdown text={part.text} />
        </details>
      );
    case "call":
      return (
        <div className={styles.call}>
          <div className={styles.callHead}>
            <Icon name="tool" size={13} />
            <b>{part.name}</b>
            <span className="mono faint">{part.id}</span>
          </div>
          <JsonTree value={part.input} open={2} />
          {part.result !== undefined && (
            <div className={styles.paired}>
              <div className={styles.callHead}>
                <Icon name="right" size={12} />
                <span className="dim">{t("message.result")}</span>
              </div>
              <Output value={part.result} />
            </div>
          )}
        </div>
      );
    case "result":
      return (
        <div className={styles.call}>
          <div className={styles.callHead}>
            <Icon name="right" size={12} />
            <span className="dim">{t("message.result")}</span>
            <span className="mono faint">{part.id}</span>
          </div>
          <Output value={part.output} />
        </div>
      );
    case "media":
      return <Media media={part.media} />;
    case "other":
      return (
        <div className={styles.call}>
          <div className={styles.callHead}>{part.type}</div>
          <JsonTree value={part.value} />
        </div>
      );
  }
}

function Output({ value }: { value: unknown }) {
  return typeof value === "string" ? <Markdown text={value} /> : <JsonTree value={value} open={2} />;
}
