import type { Change, Graph, GraphDifference, NodeKind, TraceGraph } from "@/api/graph";
import type { Format } from "@/i18n/format";

/** A step as the canvas draws it. */
export interface DrawnNode {
  id: string;
  kind: NodeKind;
  name: string;
  count: number;
  /** Share of its spans that failed; null where nothing can fail. */
  failing: number | null;
  change?: Change;
  /** How many steps it stands for, where it stands for several. */
  folded?: number;
}

export type EdgeKind = TraceGraph["edges"][number]["kind"];

export interface DrawnEdge {
  source: string;
  target: string;
  count: number;
  failing: number | null;
  /** What stands at the edge. */
  label: string;
  change?: Change;
  kind?: EdgeKind;
}

export interface Drawing {
  nodes: DrawnNode[];
  edges: DrawnEdge[];
}

export const edgeId = (edge: { source: string; target: string; kind?: string }) =>
  `${edge.source}\n${edge.target}\n${edge.kind ?? ""}`;

export function drawGraph(graph: Graph, format: Format): Drawing {
  return {
    nodes: graph.nodes.map(({ id, kind, name, count, failures }) => ({
      id,
      kind,
      name,
      count,
      failing: failures?.rate ?? null,
    })),
    edges: graph.edges.map(({ source, target, count, failures, duration_p50_s }) => ({
      source,
      target,
      count,
      failing: failures?.rate ?? null,
      label: [
        format.compact(count),
        ...(duration_p50_s === null ? [] : [format.duration(duration_p50_s)]),
      ].join(" · "),
    })),
  };
}

export function drawDifference(difference: GraphDifference, format: Format): Drawing {
  const share = (rate: { rate: number } | null) => (rate ? format.percent(rate.rate, 0) : "–");
  return {
    nodes: difference.nodes.map(({ id, kind, name, change, base_count, candidate_count }) => ({
      id,
      kind,
      name,
      change,
      count: base_count + candidate_count,
      failing: null,
    })),
    edges: difference.edges.map(({ source, target, change, base, candidate }) => ({
      source,
      target,
      change,
      count: base.count + candidate.count,
      failing: null,
      label: `${share(base.probability)} → ${share(candidate.probability)}`,
    })),
  };
}

/** Calls and hand-offs; every call returns, so the ways back would only double each line. */
export function drawTrace(graph: TraceGraph, format: Format): Drawing {
  return {
    nodes: graph.nodes.map(({ id, kind, name, count, failures }) => ({
      id,
      kind,
      name,
      count,
      failing: count ? failures / count : null,
    })),
    edges: graph.edges
      .filter((edge) => edge.kind !== "return")
      .map(({ source, target, kind, count, failures, duration_s }) => ({
        source,
        target,
        kind,
        count,
        failing: failures / count,
        label: `${format.compact(count)} · ${format.duration(duration_s)}`,
      })),
  };
}

/** More steps than this are too small to read where all are seen at once. */
export const MOST_NODES = 60;
const KEPT = 40;

/** Of a large graph the most frequent steps; the others stand together, one for each kind. */
export function foldRare(drawing: Drawing, most = MOST_NODES, kept = KEPT): Drawing {
  if (drawing.nodes.length <= most) return drawing;
  const isEnd = (node: DrawnNode) => node.kind === "start" || node.kind === "end";
  const ranked = [...drawing.nodes].sort((a, b) => Number(isEnd(b)) - Number(isEnd(a)) || b.count - a.count);
  const nodes = ranked.slice(0, kept);
  const homes = new Map(nodes.map((node) => [node.id, node.id]));
  const groups = new Map<NodeKind, DrawnNode>();
  for (const node of ranked.slice(kept)) {
    const id = `${node.kind}\n`;
    const group = groups.get(node.kind) ?? {
      id,
      kind: node.kind,
      name: "",
      count: 0,
      failing: null,
      folded: 0,
    };
    groups.set(node.kind, { ...group, count: group.count + node.count, folded: (group.folded ?? 0) + 1 });
    homes.set(node.id, id);
  }
  const edges = new Map<string, DrawnEdge>();
  for (const edge of drawing.edges) {
    const source = homes.get(edge.source);
    const target = homes.get(edge.target);
    if (source === undefined || target === undefined) continue;
    const moved = { ...edge, source, target };
    const known = edges.get(edgeId(moved));
    // Figures of several edges are not those of any one: only their number can be said.
    const both = known && { ...known, count: known.count + edge.count, failing: null, change: undefined };
    edges.set(edgeId(moved), both ? { ...both, label: String(both.count) } : moved);
  }
  return { nodes: [...nodes, ...groups.values()], edges: [...edges.values()] };
}
