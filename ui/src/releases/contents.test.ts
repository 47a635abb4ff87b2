import { expect, test } from "vitest";
import type { VersionLink } from "@/api/types";
import { flatten, messagesOf, settingsOf, withSteps } from "./contents";

test("a prompt is a list of messages or one text", () => {
  expect(messagesOf({ messages: [{ role: "system", template: "Be brief." }] })).toEqual([
    { role: "system", text: "Be brief." },
  ]);
  expect(messagesOf({ template: "Hello {{ name }}" })).toEqual([{ role: "", text: "Hello {{ name }}" }]);
  expect(messagesOf({ parameters: {} })).toEqual([]);
});

test("the settings of a release leave out what its references show", () => {
  const references = [
    { role: "model", kind: "model", name: "m", number: 1, digest: "sha256:aa" },
  ] as VersionLink[];
  const body = {
    model: { kind: "model", name: "m", digest: "sha256:aa" },
    prompts: { answer: "sha256:aa" },
    retrieval: { k: 5, mode: "hybrid" },
    tools: [],
  };
  expect(settingsOf(body, references)).toEqual({ retrieval: { k: 5, mode: "hybrid" }, tools: [] });
});

test("nested settings become paths, and what is empty is left out", () => {
  expect(flatten({ retrieval: { k: 5 }, description: "", list: [1, 2] })).toEqual([
    ["retrieval.k", 5],
    ["list", [1, 2]],
  ]);
});

test("the thresholds of a cascade are rows, numbered as its steps are", () => {
  const steps = [{ confidence: "likeness", escalate_below: 0.6, calibration: [] }, { calibration: [] }];
  expect(flatten(withSteps({ prompts: {}, cascade: { steps } }))).toEqual([
    ["cascade.1.confidence", "likeness"],
    ["cascade.1.escalate_below", 0.6],
  ]);
  expect(withSteps({ retrieval: { k: 6 } })).toEqual({ retrieval: { k: 6 } });
});
