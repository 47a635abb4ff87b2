import { expect, test } from "vitest";
import type { SpanOutline } from "@/api/types";
import { buildTree, visibleNodes } from "./tree";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();

function span(id: string, parent: string | null, start: number, duration = 1): SpanOutline {
  return {
    span_id: id,
    parent_span_id: parent,
    name: id,
    start_time: at(start),
    duration_s: duration,
    status: "ok",
  } as SpanOutline;
}

const ids = (spans: SpanOutline[], folded: string[] = []) =>
  visibleNodes(buildTree(spans).roots, new Set(folded)).map(
    (node) => `${"·".repeat(node.depth)}${node.span.span_id}`,
  );

test("children stand below their parent in order of their start", () => {
  expect(
    ids([
      span("late", "root", 2),
      span("root", null, 0, 5),
      span("early", "root", 1),
      span("leaf", "early", 1.5),
    ]),
  ).toEqual(["root", "·early", "··leaf", "·late"]);
});

test("a span without its parent stands at the top", () => {
  expect(ids([span("root", null, 0), span("orphan", "gone", 1)])).toEqual(["root", "orphan"]);
});

test("a ring of parents hides nothing", () => {
  expect(ids([span("a", "b", 0), span("b", "a", 1), span("below", "a", 2)])).toEqual(["a", "·b", "·below"]);
});

test("a span that is its own parent is shown once", () => {
  expect(ids([span("self", "self", 0)])).toEqual(["self"]);
});

test("a branch below a ring hangs on the ring", () => {
  expect(ids([span("leaf", "a", 0), span("a", "b", 1), span("b", "a", 2)])).toEqual(["a", "·leaf", "·b"]);
});

test("what lies below a folded span is not shown", () => {
  expect(ids([span("root", null, 0), span("a", "root", 1), span("b", "a", 2)], ["a"])).toEqual([
    "root",
    "·a",
  ]);
});

test("the length runs from the first start to the last end", () => {
  expect(buildTree([span("a", null, 10, 2), span("b", "a", 11, 4)]).length).toBeCloseTo(5);
});

test("20,000 spans in one deep chain are laid out without deep recursion", () => {
  const spans = Array.from({ length: 20_000 }, (_, index) =>
    span(`s${index}`, index ? `s${index - 1}` : null, index),
  );
  expect(visibleNodes(buildTree(spans).roots, new Set())).toHaveLength(20_000);
});

test("200,000 children of one span are laid out without a limit of arguments", () => {
  const spans = Array.from({ length: 200_000 }, (_, index) => span(`s${index}`, index ? "s0" : null, 0));
  expect(visibleNodes(buildTree(spans).roots, new Set())).toHaveLength(200_000);
});
