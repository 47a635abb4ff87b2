import { graphlib, layout } from "@dagrejs/dagre";

export interface Point {
  x: number;
  y: number;
}

export interface LayoutRequest {
  nodes: string[];
  edges: { id: string; source: string; target: string; label: string }[];
  /** What there is to see it in. */
  space: Size;
}

export interface Size {
  width: number;
  height: number;
}

export interface Layout extends Size {
  /** Upper left corners. */
  nodes: Record<string, Point>;
  edges: Record<string, { points: Point[]; label: Point }>;
}

export const NODE = { width: 176, height: 52 };
const LABEL_HEIGHT = 20;
const LETTER = 6.4;

const BOTH_WAYS = 400;

/** How large a layout is seen where all of it is. */
export const scaleOf = (size: Size, space: Size) =>
  Math.min(1, space.width / (size.width || 1), space.height / (size.height || 1));

/** Places steps in layers, from left to right or from top to bottom: as they are seen larger. */
export function layOut(request: LayoutRequest): Layout {
  const down = layOutAlong(request, "TB");
  if (request.nodes.length > BOTH_WAYS) return down;
  const across = layOutAlong(request, "LR");
  return scaleOf(across, request.space) > scaleOf(down, request.space) ? across : down;
}

/** Leads most edges along the direction, and all around the steps. */
function layOutAlong({ nodes, edges }: LayoutRequest, direction: "LR" | "TB"): Layout {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({
    rankdir: direction,
    nodesep: 24,
    ranksep: direction === "TB" ? 18 : 30,
    edgesep: 12,
    marginx: 8,
    marginy: 8,
  });
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
