import { expect, test } from "vitest";
import type { EdgeDifference, Graph, TraceGraph } from "@/api/graph";
import { createFormat } from "@/i18n/format";
import { type Drawing, drawGraph, drawTrace, edgeId, foldRare } from "./model";

const format = createFormat("en");

function many(count: number): Drawing {
  const tools = Array.from({ length: count }, (_, number) => ({
    id: `tool:t${number}`,
    kind: "tool" as const,
    name: `t${number}`,
    count: count - number,
    failing: 0,
  }));
  return {
    nodes: [
      { id: "start", kind: "start", name: "", count: 1, failing: null },
      { id: "end", kind: "end", name: "", count: 1, failing: null },
      ...tools,
    ],
    edges: tools.map(({ id, count: times }) => ({
      source: "start",
      target: id,
      count: times,
      failing: 0.5,
      label: `${times}`,
      change: "added" as EdgeDifference["change"],
    })),
  };
}

test("a graph of at most 60 steps is drawn as it is", () => {
  const drawing = many(58);
  expect(foldRare(drawing)).toBe(drawing);
});

test("of more the most frequent stay, with start and end, and the others stand together", () => {
  const folded = foldRare(many(400));
  expect(folded.nodes).toHaveLength(41);
  expect(folded.nodes.slice(0, 3).map((node) => node.id)).toEqual(["start", "end", "tool:t0"]);
  const group = folded.nodes.at(-1);
  expect(group?.folded).toBe(400 - 38);
  // 362 + 361 + … + 1
  expect(group?.count).toBe((362 * 363) / 2);
  const together = folded.edges.find((edge) => edge.target === group?.id);
  expect(together).toMatchObject({ count: group?.count, label: `${group?.count}`, failing: null });
  expect(together?.change).toBeUndefined();
  expect(folded.edges).toHaveLength(39);
  expect(new Set(folded.edges.map(edgeId)).size).toBe(39);
});

test("an edge says how often it was taken and how long its second step took", () => {
  const figures = {
    count: 12,
    traces: 3,
    failures: { rate: 0.25, low: 0.1, high: 0.5, n: 12 },
    duration_p50_s: 1.5,
    duration_p95_s: 2,
    cost_usd: null,
    examples: [],
  };
  const graph = {
    nodes: [{ ...figures, id: "tool:a", kind: "tool", name: "a" }],
    edges: [
      { ...figures, source: "start", target: "tool:a", gap_p50_s: null, gap_p95_s: null },
      { ...figures, source: "tool:a", target: "end", failures: null, duration_p50_s: null },
    ],
  } as unknown as Graph;
  const { nodes, edges } = drawGraph(graph, format);
  expect(nodes[0]).toMatchObject({ id: "tool:a", count: 12, failing: 0.25 });
  expect(edges.map((edge) => [edge.label, edge.failing])).toEqual([
    ["12 · 1.50 s", 0.25],
    ["12", null],
  ]);
});

test("of a trace calls and hand-offs are drawn, not the ways back", () => {
  const edge = { source: "start", target: "agent:a", count: 1, failures: 0, duration_s: 1 };
  const graph = {
    nodes: [],
    edges: [
      { ...edge, kind: "call" },
      { ...edge, kind: "return" },
      { ...edge, kind: "hand_off" },
    ],
  } as unknown as TraceGraph;
  expect(drawTrace(graph, format).edges.map(({ kind }) => kind)).toEqual(["call", "hand_off"]);
});
