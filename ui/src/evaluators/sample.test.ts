import { expect, test } from "vitest";
import { bodyOf, EMPTY, mistakes, wants } from "./sample";

const evaluator = (name: string, needs: string[] = [], parameters = {}) => ({
  function: name,
  needs,
  parameters,
  source: "",
});

test("the form asks for what the evaluator looks at and no more", () => {
  expect([...wants(evaluator("rubric", [], { inputs: ["input", "contexts", "output"] }))]).toEqual([
    "contexts",
  ]);
  expect([...wants(evaluator("exact_match", ["reference"]))]).toEqual(["reference"]);
  expect([...wants(evaluator("checklist", ["metadata.checklist"]))]).toEqual(["metadata"]);
  expect([...wants(evaluator("trajectory_recall", ["metadata.trajectory"]))]).toContain("trajectory");
  expect(wants(evaluator("pii")).size).toBe(0);
  const source = "return len(sample.contexts) > len(sample.references)";
  expect([...wants({ ...evaluator("mine"), source })]).toEqual(["reference", "contexts"]);
});

test("a sample is sent as it is meant: JSON as JSON, passages a paragraph each", () => {
  const body = bodyOf({
    ...EMPTY,
    input: '{"question": "Where?"}',
    output: "Here.",
    contexts: "One\nmore line\n\n\nTwo",
    metadata: '{"page": 3}',
    trajectory: '[{"tool_name": "find"}]',
  });
  expect(body).toEqual({
    input: { question: "Where?" },
    output: "Here.",
    reference: null,
    metadata: { page: 3 },
    contexts: [
      { text: "One\nmore line", document: "", section: "" },
      { text: "Two", document: "", section: "" },
    ],
    trajectory: [{ tool_name: "find" }],
    media: [],
  });
  expect(bodyOf({ ...EMPTY, input: "[not json" }).input).toBe("[not json");
});

test("what is missing or no JSON is said before anything is sent", () => {
  expect(mistakes(EMPTY, new Set())).toEqual({ output: "try.no_output" });
  const wrong = { ...EMPTY, output: "x", metadata: "[1]", trajectory: '[{"name": "find"}]' };
  expect(mistakes(wrong, new Set(["metadata", "trajectory"]))).toEqual({
    metadata: "try.not_object",
    trajectory: "try.not_calls",
  });
});
