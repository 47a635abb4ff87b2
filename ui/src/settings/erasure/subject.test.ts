import { expect, test } from "vitest";
import { heldOf, rowsOf, tableWord } from "./counts";
import { type Erasure, isUnderWay, openFailures } from "./data";
import { searchOf, sentenceOf, subjectOf } from "./subject";

test("the URL names one subject, and what names none is none", () => {
  expect(subjectOf({ session: "chat/7 a" })).toEqual({ kind: "session", id: "chat/7 a" });
  expect(subjectOf({ user: "ada", trace: "0".repeat(32) })).toEqual({ kind: "user", id: "ada" });
  expect(subjectOf({ user: "" })).toBeUndefined();
  expect(searchOf({ kind: "user", id: "ada" })).toEqual({ user: "ada" });
});

test("the server's sentence is shown without its place in the request", () => {
  const said = "'abc' is not a trace id; one has 32 hexadecimal digits, in lower case.";
  expect(sentenceOf(`body.subject: Value error, ${said}`)).toBe(said);
  expect(sentenceOf("body: Value error, the reason names the subject.")).toBe(
    "The reason names the subject.",
  );
  expect(sentenceOf("Spans keep coming in.")).toBe("Spans keep coming in.");
});

const erasure = (rows: Record<string, number>, more: Partial<Erasure> = {}): Erasure => ({
  id: "1",
  dry_run: true,
  state: "finished",
  error: null,
  reason: "",
  by: "ada",
  created: "2026-11-29T00:00:00Z",
  started: null,
  finished: null,
  kind: "user",
  subject: "hash",
  traces: 0,
  rows,
  refused_spans: 0,
  media: 0,
  left: rows,
  ...more,
});

test("something is held wherever anything is counted", () => {
  expect(heldOf(erasure({ spans: 0, scores: 0 }))).toBe(0);
  expect(heldOf(erasure({ spans: 0, scores: 2 }))).toBe(2);
  expect(heldOf(erasure({ spans: 0 }, { refused_spans: 1, media: 1 }))).toBe(2);
});

test("a table that this page does not know stands under its own name", () => {
  const words = { t: (key: string) => `<${key}>` };
  expect(tableWord("spans", words)).toBe("<erasure.table.spans>");
  expect(tableWord("new_table", words)).toBe("new_table");
});

test("rows of a receipt are read from the details of its entry, whatever they are", () => {
  expect(rowsOf({ rows: { spans: 2, scores: 1 } })).toBe(3);
  expect(rowsOf({ rows: "many" })).toBe(0);
  expect(rowsOf({})).toBe(0);
});

test("a failure is open until another erasure of the same subject is asked for", () => {
  const stands = (id: string, state: Erasure["state"], subject: string) =>
    erasure({}, { id, state, subject, dry_run: false });
  const newestFirst = [
    stands("5", "waiting", "a"),
    stands("4", "failed", "b"),
    stands("3", "failed", "b"),
    stands("2", "failed", "a"),
    stands("1", "finished", "b"),
  ];
  expect(openFailures(newestFirst).map(({ id }) => id)).toEqual(["4"]);
  expect(newestFirst.filter(isUnderWay).map(({ id }) => id)).toEqual(["5"]);
});
