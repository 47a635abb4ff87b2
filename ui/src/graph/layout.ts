import { graphlib, layout } from "@dagrejs/dagre";

export interface Point {
  x: number;
  y: number;
}

export interface LayoutRequest {
  nodes: string[];
  edges: { id: string; source: string; target: string; label: string }[];
  direction: "LR" | "TB";
}

export interface Layout {
  /** Upper left corners. */
  nodes: Record<string, Point>;
  edges: Record<string, { points: Point[]; label: Point }>;
  width: number;
  height: number;
}

export const NODE = { width: 176, height: 52 };
const LABEL_HEIGHT = 20;
const LETTER = 6.4;

/** Places steps in layers along the direction of most edges, and leads edges around them. */
export function layOut({ nodes, edges, direction }: LayoutRequest): Layout {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction, nodesep: 26, ranksep: 34, edgesep: 14, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of nodes) graph.setNode(id, { ...NODE });
  for (const { id, source, target, label } of edges) {
    const size = { width: label.length * LETTER + 14, height: LABEL_HEIGHT, labelpos: "c" };
    graph.setEdge(source, target, size, id);
  }
  layout(graph);
  const placed: Layout = { nodes: {}, edges: {}, width: 0, height: 0 };
  for (const id of nodes) {
    const { x, y } = graph.node(id) as Point;
    placed.nodes[id] = { x: x - NODE.width / 2, y: y - NODE.height / 2 };
  }
  for (const { id, source, target } of edges) {
    const { points, x, y } = graph.edge(source, target, id) as Point & { points: Point[] };
    placed.edges[id] = { points, label: { x, y } };
  }
  const size = graph.graph() as { width?: number; height?: number };
  return { ...placed, width: size.width ?? 0, height: size.height ?? 0 };
}

/** A smooth line through the middles between the points, from the first to the last of them. */
export function pathOf(points: Point[]): string {
  const [first, ...others] = points;
  const last = others.at(-1);
  if (!first || !last) return "";
  const bends = others.slice(0, -1).map((point, place) => {
    const next = others[place + 1] ?? last;
    const end = place === others.length - 2 ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${point.x},${point.y} ${end.x},${end.y}`;
  });
  return bends.length
    ? `M${first.x},${first.y}${bends.join("")}`
    : `M${first.x},${first.y}L${last.x},${last.y}`;
}
