import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { spanQuery } from "@/api/queries";
import type { Score, Trace } from "@/api/types";
import { Loaded, SkeletonRows } from "@/components/States";
import { VirtualRows } from "@/components/VirtualRows";
import { useWords } from "@/i18n/useWords";
import { SpanRow } from "./SpanRow";
import styles from "./Trace.module.css";
import { buildTree, type TreeNode, visibleNodes } from "./tree";

/** Comes while the contents of the first span do. */
const SpanDetail = lazy(() => import("./SpanDetail").then((module) => ({ default: module.SpanDetail })));

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
  const chosen = useMemo(
    () => rows.find((node) => node.span.span_id === spanId) ?? firstSpan(rows),
    [rows, spanId],
  );
  const chosenId = chosen?.span.span_id;
  const [firstChosen] = useState(chosenId);
  const hint = useHint(trace.trace_id, rows, chosenId);

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
          scrollTo={firstChosen}
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
              onHint={hint}
            />
          )}
        />
      </div>
      <div className={styles.detail}>
        {chosen && (
          <ChosenSpan
            key={chosen.span.span_id}
            traceId={trace.trace_id}
            node={chosen}
            scores={scores.get(chosen.span.span_id) ?? NO_SCORES}
          />
        )}
      </div>
    </div>
  );
}

/** Asks for the contents of a span before it is chosen: of one pointed at, and of the next by the arrow keys. */
function useHint(traceId: string, rows: TreeNode[], chosenId: string | undefined) {
  const client = useQueryClient();
  const hint = useCallback(
    (id: string) => void client.prefetchQuery(spanQuery(traceId, id)),
    [client, traceId],
  );
  useEffect(() => {
    const at = rows.findIndex((node) => node.span.span_id === chosenId);
    const next = rows[at + 1];
    if (at >= 0 && next) hint(next.span.span_id);
  }, [rows, chosenId, hint]);
  return hint;
}

interface ChosenProps {
  traceId: string;
  node: TreeNode;
  scores: Score[];
}

/** The tree came without contents; those of the chosen span come when it is looked at. */
function ChosenSpan({ traceId, node, scores }: ChosenProps) {
  const query = useQuery(spanQuery(traceId, node.span.span_id));
  return (
    <Loaded query={query} rows={6}>
      {(span) => (
        <Suspense fallback={<SkeletonRows rows={6} />}>
          <SpanDetail traceId={traceId} span={span} offset={node.offset} scores={scores} />
        </Suspense>
      )}
    </Loaded>
  );
}
