import { expect, test } from "vitest";
import type { Item } from "@/api/datasets";
import {
  countEdits,
  editedItems,
  hiddenEdits,
  NO_EDITS,
  putItem,
  removeItem,
  toRequest,
  undoEdit,
} from "./edits";

const item = (id: string, reference: unknown = "r"): Item => ({
  id,
  input: "q",
  reference,
  metadata: { a: 1, b: 2 },
  split: "",
});
const A = item("a");
const B = item("b");
const states = (edits = NO_EDITS) =>
  editedItems([A, B], edits).map(({ item: { id }, state }) => `${id} ${state}`);

test("edits show in the list where the items stand, and new ones on top", () => {
  let edits = putItem(NO_EDITS, A, item("a", "better"));
  edits = removeItem(edits, B);
  edits = putItem(edits, null, item("new"));
  expect(states(edits)).toEqual(["new added", "a changed", "b removed"]);
  expect(countEdits(edits)).toEqual({ added: 1, changed: 1, removed: 1 });
  expect(toRequest(edits)).toEqual({ put: [item("a", "better"), item("new")], remove: ["b"] });
});

test("an item edited back to what it was needs no edit, whatever the order of its keys", () => {
  const edits = putItem(NO_EDITS, A, item("a", "better"));
  const back = { split: "", metadata: { b: 2, a: 1 }, reference: "r", input: "q", id: "a" };
  expect(putItem(edits, item("a", "better"), back).size).toBe(0);
});

test("a new item that is removed leaves nothing, and an undone edit neither", () => {
  const edits = putItem(NO_EDITS, null, item("new"));
  expect(removeItem(edits, item("new")).size).toBe(0);
  expect(states(undoEdit(removeItem(NO_EDITS, A), "a"))).toEqual(["a same", "b same"]);
});

test("a changed item that is removed remembers what the version had", () => {
  const edits = removeItem(putItem(NO_EDITS, A, item("a", "better")), item("a", "better"));
  expect(edits.get("a")).toEqual({ item: null, before: A });
});

test("edits of items that a search hides are counted", () => {
  const edits = putItem(putItem(NO_EDITS, A, item("a", "better")), null, item("new"));
  expect(hiddenEdits([A, B], edits)).toBe(0);
  expect(hiddenEdits([B], edits)).toBe(1);
});
