import { type KeyboardEvent, useMemo, useState } from "react";
import type { Score, Trace } from "@/api/types";
import { VirtualRows } from "@/components/VirtualRows";
import { useWords } from "@/i18n/useWords";
import { SpanDetail } from "./SpanDetail";
import { SpanRow } from "./SpanRow";
import styles from "./Trace.module.css";
import { buildTree, type TreeNode, visibleNodes } from "./tree";

interface Props {
  trace: Trace;
  spanId?: string;
  onSpan: (id: string) => void;
  /** In a side panel the detail stands below the tree instead of beside it. */
  stacked?: boolean;
}

const ROW = 28;
const NO_SCORES: Score[] = [];

/** Scores by the span that they judge; a score of the whole trace belongs to its root. */
export function scoresBySpan(scores: Score[], rootId: string): Map<string, Score[]> {
  const bySpan = new Map<string, Score[]>();
  for (const score of scores) {
    const id = score.span_id || rootId;
    bySpan.set(id, [...(bySpan.get(id) ?? []), score]);
  }
  return bySpan;
}

/** Where to look first: the deepest span that failed, else the root. */
export function firstSpan(rows: TreeNode[]): TreeNode | undefined {
  return rows.filter((node) => node.span.status === "error").sort((a, b) => b.depth - a.depth)[0] ?? rows[0];
}

export function TraceView({ trace, spanId, onSpan, stacked }: Props) {
  const { t } = useWords();
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const tree = useMemo(() => buildTree(trace.spans), [trace.spans]);
  const rows = useMemo(() => visibleNodes(tree.roots, folded), [tree, folded]);
  const scores = useMemo(
    () => scoresBySpan(trace.scores, tree.roots[0]?.span.span_id ?? ""),
    [trace.scores, tree],
  );
  const chosen = rows.find((node) => node.span.span_id === spanId) ?? firstSpan(rows);
  const chosenId = chosen?.span.span_id;

  function fold(id: string, closed: boolean) {
    const next = new Set(folded);
    if (closed) next.add(id);
    else next.delete(id);
    setFolded(next);
  }

  function keys(event: KeyboardEvent, node: TreeNode | undefined): boolean {
    if (!node || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return false;
    const id = node.span.span_id;
    if (event.key === "ArrowRight") fold(id, false);
    else if (node.children.length && !folded.has(id)) fold(id, true);
    else if (node.span.parent_span_id) onSpan(node.span.parent_span_id);
    return true;
  }

  return (
    <div className={styles.view} data-stacked={stacked || undefined}>
      <div
        className={styles.tree}
        style={stacked ? { height: Math.min(rows.length, 9) * ROW + 1 } : undefined}
      >
        <VirtualRows
          rows={rows}
          rowHeight={ROW}
          keyOf={(node) => node.span.span_id}
          label={t("trace.tree")}
          selected={chosenId}
          onSelect={(node) => onSpan(node.span.span_id)}
          keys={keys}
          render={(node) => (
            <SpanRow
              node={node}
              length={tree.length}
              chosen={node.span.span_id === chosenId}
              folded={folded.has(node.span.span_id)}
              scores={scores.get(node.span.span_id) ?? NO_SCORES}
              onChoose={onSpan}
              onFold={fold}
            />
          )}
        />
      </div>
      <div className={styles.detail}>
        {chosen && (
          <SpanDetail
            key={chosen.span.span_id}
            span={chosen.span}
            offset={chosen.offset}
            scores={scores.get(chosen.span.span_id) ?? NO_SCORES}
          />
        )}
      </div>
    </div>
  );
}
