import { expect, test } from "vitest";
import type { Sample } from "@/api/types";
import { itemOf, keyOf } from "./Samples";

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

test("the item of a key is that of its sample", () => {
  expect(["a", "a~2", "a~b", "2~10"].map(itemOf)).toEqual(["a", "a", "a~b", "2"]);
});
