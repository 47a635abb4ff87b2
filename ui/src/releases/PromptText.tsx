import { useMemo } from "react";
import styles from "./PromptText.module.css";

const TAG = /(\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\})/;

function classOf(piece: string): string | undefined {
  if (piece.startsWith("{{")) return styles.variable;
  if (piece.startsWith("{%")) return styles.statement;
  return piece.startsWith("{#") ? styles.comment : undefined;
}

/** A Jinja template as text, with what is filled in set apart from what is fixed. */
export function PromptText({ text }: { text: string }) {
  const pieces = useMemo(() => text.split(TAG), [text]);
  return (
    <pre className={styles.prompt}>
      {pieces.map((piece, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never move
        <span key={index} className={classOf(piece)}>
          {piece}
        </span>
      ))}
    </pre>
  );
}
