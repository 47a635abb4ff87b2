import { expect, test } from "vitest";
import type { Item } from "@/api/datasets";
import { provenanceOf } from "./provenance";

const item = (metadata: Record<string, unknown>): Item => ({
  id: "a",
  input: "?",
  reference: null,
  metadata,
  split: "",
});

test("an item that a model made says what of and how", () => {
  const made = {
    method: "documents",
    source: { document: "guide.md", section: "Leases" },
    model: "openai:writer",
    seed: 0,
    checks: {
      answerable: { passed: true, method: "judge", model: "openai:judge" },
      duplicate: { passed: true, nearest: 0.71 },
    },
  };
  expect(provenanceOf(item({ synthesis: made }))).toEqual({
    method: "documents",
    source: { document: "guide.md", section: "Leases" },
    model: "openai:writer",
    seed: 0,
    mutation: undefined,
    persona: undefined,
    quote: undefined,
    checks: [
      { name: "answerable", passed: true, method: "judge", model: "openai:judge", nearest: undefined },
      { name: "duplicate", passed: true, method: undefined, model: undefined, nearest: 0.71 },
    ],
  });
});

test("any other item has no provenance, and what somebody wrote there breaks nothing", () => {
  expect(provenanceOf(item({}))).toBeUndefined();
  expect(provenanceOf(item({ synthesis: "yes" }))).toBeUndefined();
  expect(provenanceOf(item({ synthesis: { source: 7, checks: { leak: "no" } } }))).toMatchObject({
    method: "",
    source: {},
    checks: [],
  });
});
