import { expect, test } from "vitest";
import type { SequentialCheck } from "@/api/types";
import { drawnLooks } from "./looks";

const check: SequentialCheck = {
  metric: "f1",
  bound: -0.02,
  higher_is_better: true,
  confidence: 0.95,
  range: [0, 1],
  e_met: 50,
  e_missed: 1,
  shown_after: 20,
  looks: [
    { n: 1, difference: 0, low: -0.99, high: 0.99 },
    { n: 20, difference: 0.1, low: -0.01, high: 0.2 },
  ],
};

test("ends that would squeeze everything else are cut off, and only those", () => {
  expect(drawnLooks(check).map((look) => [look.low, look.high])).toEqual([
    [-0.5, 0.5],
    [-0.01, 0.2],
  ]);
});

test("without a look nothing is drawn", () => {
  expect(drawnLooks({ ...check, looks: [] })).toEqual([]);
});
