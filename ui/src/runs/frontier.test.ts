import { expect, test } from "vitest";
import { type FrontierCandidate, marginOf } from "@/api/frontier";
import { namesOf } from "./FrontierPage";
import { pointsOf, stairsOf } from "./frontierOption";

function candidate(name: string, quality: number | null, cost: number | null, standing = "front") {
  const metric = (mean: number | null) => ({ mean, low: mean, high: mean, n: 1, missing: 0 });
  return {
    standing,
    run: {
      id: `run-${name}`,
      release: { name, number: 1, digest: name.charAt(0) },
      metrics: { f1: metric(quality), cost_usd: metric(cost) },
    },
  } as unknown as FrontierCandidate;
}

const points = (...candidates: FrontierCandidate[]) =>
  pointsOf(candidates, "f1", "cost_usd", ({ run }) => run.release.name);

test("the front is stairs from the cheapest up, and others are no part of it", () => {
  const drawn = points(
    candidate("large", 0.9, 3),
    candidate("small", 0.5, 1),
    candidate("bad", 0.4, 2, "dominated"),
  );
  expect(stairsOf(drawn)).toEqual([
    [1, 0.5],
    [3, 0.5],
    [3, 0.9],
  ]);
});

test("a run without a cost has no point", () => {
  expect(
    points(candidate("small", 0.5, 1), candidate("unpriced", 0.9, null)).map(({ name }) => name),
  ).toEqual(["small"]);
});

test("two runs of one release are named apart", () => {
  const names = namesOf({ candidates: [candidate("a1", 1, 1), candidate("a2", 1, 1), candidate("b", 1, 1)] });
  expect([...names.values()]).toEqual(["a1@1 · run-a1", "a2@1 · run-a2", "b@1"]);
});

test("a margin is a number above 0", () => {
  expect([marginOf("0.05"), marginOf("0"), marginOf("-1"), marginOf("wide"), marginOf(undefined)]).toEqual([
    0.05,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
