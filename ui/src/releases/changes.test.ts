import { expect, test } from "vitest";
import type { Change } from "@/api/types";
import { foldLists } from "./changes";

const change = (path: string): Change => ({ path, before: "a", after: "b" });

test("many changes in one list become one entry", () => {
  const documents = [0, 1, 2, 10].map((index) => change(`index.documents.${index}.digest`));
  const folded = foldLists([change("retrieval.k"), ...documents, change("messages.0.template")]);
  expect(folded.single.map(({ path }) => path)).toEqual(["retrieval.k", "messages.0.template"]);
  expect(folded.lists).toEqual([{ path: "index.documents", changes: documents }]);
});
