import type { Span } from "@/api/types";
import { buildTree } from "./tree";

type Change = "same" | "changed" | "added" | "removed";

/** One row of two traces laid over each other; a span that only one of them has stands alone. */
export interface AlignedRow {
  key: string;
  depth: number;
  change: Change;
  /** Of the trace that is compared with. */
  before?: Span;
  /** Of this trace. */
  after?: Span;
}

interface Node {
  span: Span;
  children: Node[];
}

const MOST_PAIRS = 1_000_000;

const labelOf = ({ span }: Node) => `${span.operation}\n${span.name}`;

function forestOf(spans: readonly Span[]): Node[] {
  const byId = new Map(spans.map((span) => [span.span_id, span]));
  const made = new Map<string, Node>();
  const roots: Node[] = [];
  const tree = buildTree(spans);
  const open = tree.roots.map((node) => ({ node, into: roots }));
  for (let next = open.pop(); next; next = open.pop()) {
    const span = byId.get(next.node.span.span_id);
    if (!span) continue;
    const node: Node = { span, children: [] };
    made.set(span.span_id, node);
    next.into.push(node);
    for (const child of next.node.children) open.push({ node: child, into: node.children });
  }
  // The stack gave siblings from the last to the first.
  for (const node of made.values()) node.children.reverse();
  return roots.reverse();
}

/** Pairs of places in two lists of labels: a longest common subsequence, or the first that fits in long lists. */
export function pairLabels(before: readonly string[], after: readonly string[]): [number, number][] {
  if (before.length * after.length > MOST_PAIRS) return pairGreedily(before, after);
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      lengths[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let row = 0, column = 0; row < before.length && column < after.length; ) {
    if (before[row] === after[column]) pairs.push([row++, column++]);
    else if (at(row + 1, column) >= at(row, column + 1)) row++;
    else column++;
  }
  return pairs;
}

function pairGreedily(before: readonly string[], after: readonly string[]): [number, number][] {
  const places = new Map<string, number[]>();
  for (let column = after.length - 1; column >= 0; column--) {
    const label = after[column] ?? "";
    places.set(label, [...(places.get(label) ?? []), column]);
  }
  const pairs: [number, number][] = [];
  let from = 0;
  before.forEach((label, row) => {
    const columns = places.get(label);
    let column = columns?.pop();
    while (column !== undefined && column < from) column = columns?.pop();
    if (column === undefined) return;
    pairs.push([row, column]);
    from = column + 1;
  });
  return pairs;
}

const COMPARED = [
  "status",
  "status_message",
  "request_model",
  "input",
  "output",
  "system_instructions",
] as const;
const COUNTED = ["input_tokens", "output_tokens"] as const;

/** What differs between two spans, times and costs apart: those differ from call to call. */
export function differencesOf(before: Span, after: Span): (keyof Span)[] {
  return [...COMPARED, ...COUNTED].filter((name) => before[name] !== after[name]);
}

/** Two traces as one tree: spans of the same name and operation below paired parents are paired in order. */
export function alignTraces(before: readonly Span[], after: readonly Span[]): AlignedRow[] {
  const rows: AlignedRow[] = [];
  type Task = { before: Node[]; after: Node[]; depth: number } | { row: AlignedRow };
  const open: Task[] = [{ before: forestOf(before), after: forestOf(after), depth: 0 }];
  for (let task = open.pop(); task; task = open.pop()) {
    if ("row" in task) {
      rows.push(task.row);
      continue;
    }
    const todo = alignSiblings(task.before, task.after, task.depth);
    for (const next of todo.toReversed()) {
      const { row, ...below } = next;
      if (below.before.length || below.after.length) open.push(below);
      open.push({ row });
    }
  }
  return rows;
}

interface Aligned {
  row: AlignedRow;
  before: Node[];
  after: Node[];
  depth: number;
}

function alignSiblings(before: Node[], after: Node[], depth: number): Aligned[] {
  const aligned: Aligned[] = [];
  const one = (node: Node, change: "added" | "removed") => {
    const side = change === "added" ? "after" : "before";
    aligned.push({
      row: { key: `${side} ${node.span.span_id}`, depth, change, [side]: node.span },
      before: [],
      after: [],
      depth: depth + 1,
      [side]: node.children,
    });
  };
  let [row, column] = [0, 0];
  const pairs = pairLabels(before.map(labelOf), after.map(labelOf));
  for (const [pairedRow, pairedColumn] of [...pairs, [before.length, after.length] as const]) {
    for (const node of before.slice(row, pairedRow)) one(node, "removed");
    for (const node of after.slice(column, pairedColumn)) one(node, "added");
    const [a, b] = [before[pairedRow], after[pairedColumn]];
    if (a && b) {
      const change = differencesOf(a.span, b.span).length ? "changed" : "same";
      aligned.push({
        row: { key: `both ${b.span.span_id}`, depth, change, before: a.span, after: b.span },
        before: a.children,
        after: b.children,
        depth: depth + 1,
      });
    }
    [row, column] = [pairedRow + 1, pairedColumn + 1];
  }
  return aligned;
}
