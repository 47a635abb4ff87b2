import { expect, test } from "vitest";
import { layOut, NODE, pathOf } from "./layout";

const edge = (source: string, target: string) => ({ id: `${source}-${target}`, source, target, label: "1" });

test("steps stand in layers along the direction, without overlap", () => {
  const request = {
    nodes: ["a", "b", "c", "d"],
    edges: [edge("a", "b"), edge("a", "c"), edge("b", "d"), edge("c", "d")],
    space: { width: 2000, height: 160 },
  };
  const { nodes } = layOut(request);
  const at = (id: string) => nodes[id] ?? { x: Number.NaN, y: Number.NaN };
  expect(at("b").x).toBeGreaterThan(at("a").x + NODE.width);
  expect(at("c").x).toBe(at("b").x);
  expect(Math.abs(at("b").y - at("c").y)).toBeGreaterThan(NODE.height);
  expect(at("d").x).toBeGreaterThan(at("b").x + NODE.width);
  const down = layOut({ ...request, space: { width: 420, height: 2000 } }).nodes;
  expect(down.b?.y).toBeGreaterThan((down.a?.y ?? 0) + NODE.height);
});

test("loops, ways back and two edges between the same steps all get a line and a place for their label", () => {
  const twice = { ...edge("a", "b"), id: "again" };
  const request = {
    nodes: ["a", "b"],
    edges: [edge("a", "a"), edge("a", "b"), twice, edge("b", "a")],
    space: { width: 900, height: 600 },
  };
  const { edges, width, height } = layOut(request);
  for (const { id } of request.edges) {
    expect(edges[id]?.points.length).toBeGreaterThan(1);
    expect(edges[id]?.label.x).toBeGreaterThan(0);
  }
  expect(width).toBeGreaterThan(NODE.width);
  expect(height).toBeGreaterThan(0);
});

test("a thousand steps are laid out", () => {
  const nodes = Array.from({ length: 1000 }, (_, number) => `n${number}`);
  const edges = nodes.slice(1).map((id, number) => edge(`n${Math.floor(number / 3)}`, id));
  expect(Object.keys(layOut({ nodes, edges, space: { width: 900, height: 600 } }).nodes)).toHaveLength(1000);
}, 60_000);

test("a line goes through the middles and ends at its ends", () => {
  const points = [0, 10, 20, 30].map((x) => ({ x, y: x % 20 }));
  expect(pathOf(points)).toBe("M0,0Q10,10 15,5Q20,0 30,10");
  expect(pathOf(points.slice(0, 2))).toBe("M0,0L10,10");
  expect(pathOf([])).toBe("");
});
