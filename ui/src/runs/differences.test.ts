import { expect, test } from "vitest";
import type { RunSummary, Verdict } from "@/api/types";
import { type DifferenceRow, directionOf, groupDifferences, rowsOfVerdict, ticksOf } from "./differences";
import { oneLine, orderMetrics, wholeText } from "./metrics";
import { comparisonOf } from "./RunsPage";

const row = (name: string, values: Partial<DifferenceRow> = {}): DifferenceRow => ({
  name,
  difference: 0.1,
  low: 0.05,
  high: 0.15,
  n: 90,
  baseline: 0.5,
  candidate: 0.6,
  higherIsBetter: true,
  ...values,
});

test("a direction needs an interval without zero", () => {
  expect(directionOf(row("f1"))).toBe("better");
  expect(directionOf(row("latency_s", { higherIsBetter: false }))).toBe("worse");
  expect(directionOf(row("f1", { low: -0.01 }))).toBe("unclear");
  expect(directionOf(row("f1", { low: null, high: null }))).toBe("unclear");
});

test("scores share one axis, everything else is relative to its baseline", () => {
  const [scores, resources] = groupDifferences([row("f1"), row("latency_s", { high: 0.25 })]);
  expect(scores?.kind).toBe("absolute");
  expect(scores?.reach).toBeCloseTo(0.15 * 1.12);
  expect(resources?.kind).toBe("relative");
  expect(resources?.reach).toBeCloseTo(0.5 * 1.12);
});

test("the axis reaches as far as the margin", () => {
  expect(groupDifferences([row("f1", { threshold: -0.4 })])[0]?.reach).toBeCloseTo(0.4 * 1.12);
});

test("a check's row lies where its rule is decided", () => {
  const check = {
    metric: "cost_usd",
    kind: "non_inferiority",
    margin: 0,
    margin_ratio: 0.1,
    higher_is_better: false,
    baseline_mean: 2,
    candidate_mean: 2.1,
    difference: 0.1,
    low: 0.01,
    high: 0.19,
    ratio: { value: 1.05, low: 1.02, high: 1.09 },
    n: 90,
    outcome: "pass",
  };
  const bound = { ...check, kind: "at_most", bound: 3, level: { value: 2.1, low: 2, high: null } };
  const sliced = { ...check, slice: { field: "topic", value: "taxes" }, ratio: undefined };
  const [relative, kept, slice] = rowsOfVerdict({ checks: [check, bound, sliced] } as unknown as Verdict);
  expect(relative?.low).toBeCloseTo(0.04);
  expect(relative?.threshold).toBeCloseTo(-0.2);
  expect(kept).toMatchObject({ low: -1, high: null, threshold: 0, bound: 3, higherIsBetter: false });
  expect(kept?.difference).toBeCloseTo(-0.9);
  expect(slice).toMatchObject({ name: "cost_usd · topic=taxes", metric: "cost_usd", low: 0.01 });
});

test("ticks are round and symmetric", () => {
  expect(ticksOf(0.45).map((tick) => Number(tick.toFixed(3)))).toEqual([-0.4, -0.2, 0, 0.2, 0.4]);
});

test("the older run is the baseline", () => {
  const runs = [
    { id: "new", created: "2026-11-22T10:00:00Z" },
    { id: "old", created: "2026-11-21T10:00:00Z" },
  ] as RunSummary[];
  expect(comparisonOf(runs, ["new", "old"])).toEqual({ baseline: "old", candidate: "new" });
  expect(comparisonOf(runs, ["new"])).toBeNull();
});

test("scores come before what a run consumed", () => {
  expect(orderMetrics(["latency_s", "f1", "cost_usd", "f1", "recall"])).toEqual([
    "f1",
    "recall",
    "latency_s",
    "cost_usd",
  ]);
});

test("an input with one text is shown as that text", () => {
  expect(oneLine({ question: "What\n is it?" })).toBe("What is it?");
  expect(wholeText({ a: 1 })).toBe('{\n  "a": 1\n}');
  expect(wholeText(null)).toBe("");
});
