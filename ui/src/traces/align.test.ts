import { expect, test } from "vitest";
import type { Span } from "@/api/types";
import { alignTraces, differencesOf, pairLabels } from "./align";

let start = 0;
const span = (id: string, parent: string | null, name: string, more: Partial<Span> = {}) =>
  ({
    span_id: id,
    parent_span_id: parent,
    name,
    operation: "",
    start_time: new Date(Date.UTC(2026, 0, 1) + start++ * 1000).toISOString(),
    duration_s: 1,
    status: "ok",
    input: "",
    output: "",
    ...more,
  }) as Span;
const told = (before: Span[], after: Span[]) =>
  alignTraces(before, after).map(
    ({ depth, change, before: a, after: b }) => `${"·".repeat(depth)}${(b ?? a)?.name} ${change}`,
  );

test("spans of the same name and operation are paired in their order", () => {
  const before = [span("1", null, "root"), span("2", "1", "search"), span("3", "1", "chat")];
  const after = [span("a", null, "root"), span("b", "a", "search"), span("c", "a", "chat", { output: "x" })];
  expect(told(before, after)).toEqual(["root same", "·search same", "·chat changed"]);
});

test("what only one trace has stands where it happened, with what lies below it", () => {
  const before = [span("1", null, "root"), span("2", "1", "search"), span("3", "2", "embed")];
  const after = [span("a", null, "root"), span("b", "a", "tool"), span("c", "b", "http")];
  expect(told(before, after)).toEqual([
    "root same",
    "·search removed",
    "··embed removed",
    "·tool added",
    "··http added",
  ]);
});

test("a repeated call that is missing removes one and keeps the others", () => {
  const before = [span("1", null, "root"), ...["2", "3", "4"].map((id) => span(id, "1", "chat"))];
  const after = [span("a", null, "root"), ...["b", "c"].map((id) => span(id, "a", "chat"))];
  expect(told(before, after)).toEqual(["root same", "·chat same", "·chat same", "·chat removed"]);
});

test("the same name with another operation is another span", () => {
  expect(told([span("1", null, "x", { operation: "chat" })], [span("a", null, "x")])).toEqual([
    "x removed",
    "x added",
  ]);
});

test("as many labels as possible keep their order", () => {
  expect(pairLabels(["x", "y", "z"], ["y", "z", "x"])).toEqual([
    [1, 0],
    [2, 1],
  ]);
});

test("long lists are paired in order too", () => {
  const many = Array.from({ length: 2_000 }, (_, index) => `label ${index % 7}`);
  expect(pairLabels(many, many)).toHaveLength(2_000);
  expect(pairLabels(many, many.slice(1)).every(([row, column]) => many[row] === many[column + 1])).toBe(true);
});

test("times and costs differ from call to call and are no difference", () => {
  const one = span("1", null, "x", { cost_usd: 1 });
  expect(differencesOf(one, { ...one, duration_s: 9, cost_usd: 2 })).toEqual([]);
  expect(differencesOf(one, { ...one, output: "y", status: "error" })).toEqual(["status", "output"]);
});
