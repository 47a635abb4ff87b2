import { expect, test } from "vitest";
import type { Sample } from "@/api/types";
import { keyOf, sortSamples } from "./Samples";

function sample(item: string, repeat: number, score: number | null): Sample {
  return {
    item,
    repeat,
    trace_id: `${item}${repeat}`,
    input: "?",
    reference: null,
    output: "!",
    error: null,
    scores: { reward: score },
    labels: {},
    explanations: {},
    evidence: {},
    media: [],
    latency_s: null,
    metadata: {},
  };
}

test("each repeat of an item has a key of its own, and the first one that of the item", () => {
  expect([sample("a", 1, 1), sample("a", 2, 1)].map(keyOf)).toEqual(["a", "a~2"]);
});

test("samples without a value stay at the end in both directions", () => {
  const samples = [sample("a", 1, 1), sample("a", 2, null), sample("b", 1, 0)];
  const keys = (descending: boolean) => sortSamples(samples, { metric: "reward", descending }).map(keyOf);
  expect(keys(false)).toEqual(["b", "a", "a~2"]);
  expect(keys(true)).toEqual(["a", "b", "a~2"]);
});
