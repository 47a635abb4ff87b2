import { beforeEach, expect, test } from "vitest";
import { readAnswer } from "@/api/sql";
import {
  columnWidths,
  isLong,
  isNumeric,
  MOST_SHOWN,
  numberText,
  readable,
  shortText,
  traceIdIn,
} from "./cells";
import { commandOf, curlOf, LONGEST_LINK, linkTo } from "./copies";
import { forgetStatements, MOST, pastStatements, rememberStatement } from "./pastStatements";
import { wrongPlace } from "./refusal";

const ORIGIN = "http://127.0.0.1:4800";
const ID = "0123456789abcdef0123456789abcdef";

test("no digit of a long integer is lost, and nothing in a text is touched", () => {
  const text =
    '{"columns":[],"rows":[[18446744073709551615,[1,-9223372036854775808]],["say \\",9007199254740993,\\"",0.1234567890123456789]],"cut":false}';
  expect(readAnswer(text).rows).toEqual([
    ["18446744073709551615", [1, "-9223372036854775808"]],
    ['say ",9007199254740993,"', 0.12345678901234568],
  ]);
  expect(readAnswer('{"columns":[],"rows":[[42,null,true]],"cut":true}').rows).toEqual([[42, null, true]]);
});

test("columns of numbers are told by their type, whatever wraps it", () => {
  const numeric = (type: string) => isNumeric({ name: "n", type });
  expect(
    ["UInt64", "Nullable(Float64)", "Decimal(18, 3)", "LowCardinality(Nullable(Int8))"].every(numeric),
  ).toBe(true);
  expect(["String", "Array(Int64)", "DateTime", "IntervalDay", "Map(String, UInt8)"].some(numeric)).toBe(
    false,
  );
});

test("numbers lose the noise of binary fractions and nothing that can be seen", () => {
  expect([0.1 + 0.2, 1234.5678912, 0.00001234567, 5, -0.5].map(numberText)).toEqual([
    "0.3",
    "1234.567891",
    "0.0000123457",
    "5",
    "-0.5",
  ]);
});

test("a row shows one short line of a value, and says when there is more", () => {
  const long = "word ".repeat(40);
  expect(shortText(long)).toMatch(/^word .*…$/);
  expect(shortText(long).length).toBeLessThanOrEqual(MOST_SHOWN + 1);
  expect([isLong(long), isLong("two\nlines"), isLong({ a: "x".repeat(60) }), isLong("short")]).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(shortText("two\nlines")).toBe("two lines…");
  expect(shortText("2026-11-28 04:26:20.123456789")).toBe("2026-11-28 04:26:20.123");
  expect(shortText(["a", 1])).toBe('["a",1]');
});

test("a column is as wide as its name and its values, within bounds; Korean letters count twice", () => {
  const columns = ["n", "한국어이름열", "text"].map((name) => ({ name, type: "String" }));
  expect(columnWidths(columns, [["1", "", "x".repeat(500)]])).toEqual([6, 12, MOST_SHOWN]);
});

test("trace ids lead to their traces, in columns that are called so only", () => {
  expect(traceIdIn({ name: "trace_id", type: "String" }, ID)).toBe(ID);
  expect(traceIdIn({ name: "t.trace_id", type: "String" }, ID)).toBe(ID);
  expect(traceIdIn({ name: "first_trace_id", type: "String" }, ID)).toBe(ID);
  expect(traceIdIn({ name: "run", type: "String" }, ID)).toBeUndefined();
  expect(traceIdIn({ name: "trace_id", type: "String" }, "")).toBeUndefined();
});

test("a value that is JSON is read in lines, a broken one as it is", () => {
  expect(readable('{"a":[1]}')).toEqual({ text: '{\n  "a": [\n    1\n  ]\n}', language: "json" });
  expect(readable("{ not json")).toEqual({ text: "{ not json", language: "text" });
  expect(readable({ a: 1 }).language).toBe("json");
});

test("a statement is copied as it is through the quotes of a shell and of JSON", () => {
  const sql = "SELECT 'it''s'\nFROM traces";
  expect(curlOf(ORIGIN, sql)).toContain(
    `-d '{"query":"SELECT '\\''it'\\'''\\''s'\\''\\nFROM traces"}' ${ORIGIN}/api/v1/sql`,
  );
  expect(commandOf(ORIGIN, "SELECT 1")).toBe(`WINDLASS_URL=${ORIGIN} windlass sql 'SELECT 1'`);
  expect(commandOf(ORIGIN, "-- why\nSELECT 1")).toContain("windlass sql -- '-- why");
});

test("a link holds the statement, and there is none for one that is too long", () => {
  const link = linkTo(ORIGIN, "SELECT 1 + 1\n-- 100 %");
  expect(new URL(link ?? "").searchParams.get("sql")).toBe("SELECT 1 + 1\n-- 100 %");
  expect(linkTo(ORIGIN, `SELECT '${"가".repeat(LONGEST_LINK / 9)}'`)).toBeUndefined();
});

test("the place of a mistake is counted in characters where the engine counts bytes", () => {
  expect(wrongPlace("Syntax error: failed at position 8 (FROM): FROM.", "SELECT FROM")).toBe(7);
  expect(wrongPlace("Syntax error: failed at position 15 (x)", "SELECT '가' x")).toBe(12);
  expect(wrongPlace("Unknown expression identifier `foo`.", "SELECT foo")).toBeUndefined();
});

beforeEach(forgetStatements);

test("statements are remembered once, newest first, and not without bound", () => {
  for (let number = 0; number < MOST + 5; number++) rememberStatement(`SELECT ${number}`);
  rememberStatement("SELECT 20");
  const kept = pastStatements().map((past) => past.sql);
  expect(kept).toHaveLength(MOST);
  expect(kept.slice(0, 2)).toEqual(["SELECT 20", `SELECT ${MOST + 4}`]);
  expect(new Set(kept).size).toBe(MOST);
  for (const letter of "abcd") rememberStatement(letter.repeat(40_000));
  expect(pastStatements().map((past) => past.sql.charAt(0))).toEqual(["d", "c"]);
});

test("what is not a list of statements is forgotten rather than shown", () => {
  window.localStorage.setItem("windlass.statements", '{"sql": 1}');
  expect(pastStatements()).toEqual([]);
  window.localStorage.setItem(
    "windlass.statements",
    '[{"sql": "SELECT 1"}, 7, {"sql": "SELECT 2", "at": "2026-01-01T00:00:00Z"}]',
  );
  expect(pastStatements().map((past) => past.sql)).toEqual(["SELECT 2"]);
});
