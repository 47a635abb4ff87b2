import { expect, test } from "vitest";
import { isSaid, type Making, NOTHING_SAID, personasOf, requestOf } from "./making";

const said = (part: Partial<Making>): Making => ({ ...NOTHING_SAID, model: "openai:writer", ...part });

test("each origin asks for a source of its kind", () => {
  expect(requestOf(said({ index: "guide@3" })).source).toEqual({ kind: "index", index: "guide@3" });
  const documents = [{ name: "a.md", text: "# A" }];
  expect(requestOf(said({ origin: "documents", documents })).source).toEqual({
    kind: "documents",
    documents,
  });
  const traces = said({
    origin: "traces",
    index: "guide@3",
    where: "score.user_feedback=0\n\n tool=find ",
    status: "error",
  });
  expect(requestOf(traces).source).toMatchObject({
    kind: "traces",
    query: { where: ["score.user_feedback=0", "tool=find"], status: "error", environment: null },
  });
  const items = said({
    origin: "items",
    items: "questions@latest",
    mutations: ["harder"],
    language: "Korean",
  });
  expect(requestOf(items).source).toMatchObject({ mutations: ["harder", "language:Korean"] });
});

test("an item made of another stays in that one's split", () => {
  expect(requestOf(said({ index: "guide@3", split: "train" })).split).toBe("train");
  expect(requestOf(said({ origin: "items", items: "q@1", split: "train" })).split).toBe("");
});

test("personas are a line each, and a name alone says what they are like", () => {
  expect(personasOf("Min: a new tenant: in a hurry\n\nAda")).toEqual([
    { name: "Min", description: "a new tenant: in a hurry" },
    { name: "Ada", description: "Ada" },
  ]);
});

test("a model is needed, but not for typing errors alone", () => {
  expect(isSaid(said({ index: "guide@3" }))).toBe(true);
  expect(isSaid(said({ index: "guide@3", model: " " }))).toBe(false);
  expect(isSaid(said({ index: "guide@3", most: "x" }))).toBe(false);
  const typos = said({ origin: "items", items: "q@1", mutations: ["typos"], model: "" });
  expect(isSaid(typos)).toBe(true);
  expect(isSaid({ ...typos, mutations: [] })).toBe(false);
});
