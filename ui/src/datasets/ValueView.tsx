import { useMemo } from "react";
import { CopyButton } from "@/components/Copy";
import { Missing } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { Conversation } from "@/traces/Conversation";

interface Props {
  title: string;
  value: unknown;
  missing: string;
  /** Who says a plain text. */
  speaker?: string;
}

/** A value of an item as it is read: a chat as a conversation, JSON folded, text as Markdown. */
export function ValueView({ title, value, missing, speaker = "" }: Props) {
  const { t } = useWords();
  const raw = useMemo(() => (typeof value === "string" ? value : JSON.stringify(value)), [value]);
  const empty = value === null || value === undefined || value === "";
  return (
    <section>
      <h2>
        {title}
        {!empty && <CopyButton text={raw} label={t("copy.text")} />}
      </h2>
      {empty ? (
        <p className="dim">
          <Missing reason={missing} /> {missing}
        </p>
      ) : (
        <Conversation raw={raw} speaker={speaker} />
      )}
    </section>
  );
}
