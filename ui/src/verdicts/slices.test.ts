import { expect, test } from "vitest";
import type { SliceDifference } from "@/api/verdicts";
import { finding, reachOf, slicesBy } from "./slices";

const row = (values: Partial<SliceDifference> = {}): SliceDifference => ({
  field: "topic",
  value: "taxes",
  metric: "f1",
  higher_is_better: true,
  n: 40,
  clusters: 40,
  baseline_mean: 0.6,
  candidate_mean: 0.4,
  difference: -0.2,
  low: -0.3,
  high: -0.1,
  p_value: 0.001,
  adjusted_p: 0.01,
  ...values,
});

test("a finding goes by the adjusted p and by what is better", () => {
  expect(finding(row())).toBe("worse");
  expect(finding(row({ adjusted_p: 0.06 }))).toBe("unclear");
  expect(finding(row({ adjusted_p: null }))).toBe("unclear");
  expect(finding(row({ higher_is_better: false }))).toBe("better");
});

test("the axis holds every interval, and is there without any", () => {
  expect(reachOf([row(), row({ low: -0.5 })])).toBeCloseTo(0.55);
  expect(reachOf([row({ difference: 0, low: null, high: null })])).toBeGreaterThan(0);
});

test("one metric is shown at a time, the first unless another is chosen", () => {
  const rows = [row(), row({ metric: "cost_usd" })];
  expect(slicesBy(rows, undefined)).toMatchObject({ metrics: ["f1", "cost_usd"], chosen: "f1" });
  expect(slicesBy(rows, "cost_usd").rows).toHaveLength(1);
  expect(slicesBy(rows, "gone").chosen).toBe("f1");
  expect(slicesBy([], undefined).rows).toEqual([]);
});
