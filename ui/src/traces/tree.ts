import type { SpanOutline } from "@/api/types";

export interface TreeNode {
  span: SpanOutline;
  depth: number;
  children: TreeNode[];
  /** Seconds after the start of the trace. */
  offset: number;
}

export interface TraceTree {
  roots: TreeNode[];
  /** Seconds from the first start to the last end. */
  length: number;
}

/**
 * The spans as a forest in order of their start. A span whose parent is not (yet) here, or that lies on
 * a ring of parents, stands at the top: nothing that was received is hidden.
 */
export function buildTree(spans: readonly SpanOutline[]): TraceTree {
  const starts = spans.map((span) => Date.parse(span.start_time) / 1000);
  const first = starts.reduce((least, start) => Math.min(least, start), Number.POSITIVE_INFINITY);
  const nodes = new Map<string, TreeNode>();
  let length = 0;
  spans.forEach((span, index) => {
    const offset = (starts[index] ?? first) - first;
    length = Math.max(length, offset + span.duration_s);
    nodes.set(span.span_id, { span, depth: 0, children: [], offset });
  });

  const roots: TreeNode[] = [];
  for (const node of nodes.values()) {
    const parent = nodes.get(node.span.parent_span_id ?? "");
    if (parent) parent.children.push(node);
    else roots.push(node);
  }
  roots.push(...openRings(roots, nodes));
  sortAndDeepen(roots);
  return { roots, length };
}

/** Breaks each ring of parents at one of its spans, so that all of them can be reached; takes linear time. */
function openRings(roots: readonly TreeNode[], nodes: ReadonlyMap<string, TreeNode>): TreeNode[] {
  const reached = new Set<TreeNode>();
  const reach = (start: readonly TreeNode[]) => {
    const open = [...start];
    for (let node = open.pop(); node; node = open.pop()) {
      reached.add(node);
      for (const child of node.children) open.push(child);
    }
  };
  reach(roots);
  const opened: TreeNode[] = [];
  for (const start of nodes.values()) {
    if (reached.has(start)) continue;
    const path = new Set<TreeNode>();
    let at = start;
    let parent = nodes.get(at.span.parent_span_id ?? "");
    while (parent && !path.has(at)) {
      path.add(at);
      at = parent;
      parent = nodes.get(at.span.parent_span_id ?? "");
    }
    // Walking up came back to `at`: it lies on the ring and becomes a root of its own.
    const onRing = at;
    if (parent) parent.children = parent.children.filter((child) => child !== onRing);
    opened.push(onRing);
    reach([onRing]);
  }
  return opened;
}

function sortAndDeepen(roots: TreeNode[]): void {
  const open: { nodes: TreeNode[]; depth: number }[] = [{ nodes: roots, depth: 0 }];
  for (let level = open.pop(); level; level = open.pop()) {
    level.nodes.sort((a, b) => a.offset - b.offset);
    for (const node of level.nodes) {
      node.depth = level.depth;
      if (node.children.length) open.push({ nodes: node.children, depth: level.depth + 1 });
    }
  }
}

/** The rows that are seen: depth first, without what lies below a folded span. */
export function visibleNodes(roots: readonly TreeNode[], folded: ReadonlySet<string>): TreeNode[] {
  const rows: TreeNode[] = [];
  const open = roots.toReversed();
  for (let node = open.pop(); node; node = open.pop()) {
    rows.push(node);
    if (folded.has(node.span.span_id)) continue;
    for (const child of node.children.toReversed()) open.push(child);
  }
  return rows;
}
