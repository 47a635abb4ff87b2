import { memo } from "react";
import type { Score } from "@/api/types";
import { Icon } from "@/components/Icon";
import { StatusMark } from "@/components/Marks";
import { useWords } from "@/i18n/useWords";
import { iconOf, toneOf } from "./spanKind";
import styles from "./Trace.module.css";
import type { TreeNode } from "./tree";

interface Props {
  node: TreeNode;
  length: number;
  chosen: boolean;
  folded: boolean;
  scores: Score[];
  onChoose: (id: string) => void;
  onFold: (id: string, closed: boolean) => void;
  /** Called when the pointer comes near: it may be chosen next. */
  onHint: (id: string) => void;
}

const INDENT = 14;
const DEEPEST_INDENT = 12;

/** One span: its place in the tree on the left, its place in time on the right. */
export const SpanRow = memo(function SpanRow(props: Props) {
  const { node, length, chosen, folded, scores } = props;
  const { t, format } = useWords();
  const { span, depth, offset, children } = node;
  const left = length ? (offset / length) * 100 : 0;
  const width = length ? (span.duration_s / length) * 100 : 100;
  const scoreText = scores
    .map(({ name, value, label }) => `${name}  ${value === null ? label || "–" : format.metric(name, value)}`)
    .join("\n");
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the arrow keys, the button inside takes Enter
    // biome-ignore lint/a11y/noStaticElementInteractions: as above
    <div
      className={styles.span}
      data-chosen={chosen || undefined}
      onClick={() => props.onChoose(span.span_id)}
      onPointerEnter={() => props.onHint(span.span_id)}
    >
      <span className={styles.label} style={{ paddingLeft: Math.min(depth, DEEPEST_INDENT) * INDENT }}>
        {children.length > 0 ? (
          <button
            type="button"
            className={styles.fold}
            aria-expanded={!folded}
            aria-label={folded ? t("trace.unfold") : t("trace.fold")}
            tabIndex={-1}
            onClick={(event) => {
              event.stopPropagation();
              props.onFold(span.span_id, !folded);
            }}
          >
            <Icon name={folded ? "right" : "down"} size={11} />
          </button>
        ) : (
          <span className={styles.leaf} />
        )}
        <span className={styles.kind} data-tone={toneOf(span)} data-tip={span.operation || undefined}>
          <Icon name={iconOf(span)} size={14} />
        </span>
        <button
          type="button"
          className={`${styles.spanName} clip`}
          onClick={() => props.onChoose(span.span_id)}
          tabIndex={-1}
        >
          {span.name}
        </button>
        {folded && <span className="faint num">+{format.integer(children.length)}</span>}
        {span.status === "error" && <StatusMark status="error" />}
        {scores.length > 0 && (
          <span className={styles.scored} data-tip={scoreText}>
            {t("trace.scored", { n: scores.length })}
          </span>
        )}
      </span>
      <span className={styles.timeline}>
        <span className={styles.barTrack}>
          <span
            className={styles.bar}
            data-tone={toneOf(span)}
            style={{ left: `${left}%`, width: `${Math.max(width, 0.4)}%` }}
          />
        </span>
        <span className={`${styles.took} num`}>{format.duration(span.duration_s)}</span>
      </span>
    </div>
  );
});
