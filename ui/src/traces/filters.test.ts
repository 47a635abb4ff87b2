import { expect, test } from "vitest";
import { startOf } from "@/api/queries";
import type { TraceSummary } from "@/api/types";
import { readTyped, suggest, withChoice } from "./filters";

const rows = [
  { status: "error", environment: "production", release: "sha256:aa", run: "" },
  { status: "ok", environment: "production", release: "sha256:bb", run: "" },
  { status: "ok", environment: "", release: "sha256:bb", run: "run-1" },
] as TraceSummary[];
const known = { environments: ["staging"], releases: [["sha256:bb", "guide@2"]] as [string, string][] };
const shown = (typed: string, filter = {}) =>
  suggest(typed, filter, rows, known).map(({ field, name, count }) =>
    `${field} ${name} ${count ?? ""}`.trim(),
  );

test("a field with a colon takes the rest as its value", () => {
  expect(readTyped("status: err")).toEqual({ field: "status", text: "err" });
  expect(readTyped("what: is this")).toEqual({ text: "what: is this" });
});

test("values come with their counts, the most frequent first", () => {
  expect(shown("release:")).toEqual(["release guide@2 2", "release sha256:aa 1"]);
  expect(shown("environment:")).toEqual(["environment production 2", "environment staging 0"]);
});

test("the beginning of a field's name offers its values", () => {
  expect(shown("stat")).toEqual(["status error 1", "status ok 2"]);
});

test("free text finds values by their name", () => {
  expect(shown("guide")).toEqual(["release guide@2 2"]);
});

test("a field that is set is not offered again", () => {
  expect(shown("", { status: "ok", environment: "x", release: "y", run: "z" })).toEqual([
    "since 15m",
    "since 1h",
    "since 24h",
  ]);
});

test("a span of time replaces a brushed range", () => {
  expect(withChoice({ from: "a", to: "b", q: "x" }, { field: "since", value: "1h" })).toEqual({
    q: "x",
    since: "1h",
  });
});

test("since is counted back from now", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  expect(startOf("24h", now)).toBe("2026-11-21T12:00:00.000Z");
  expect(startOf("soon", now)).toBeUndefined();
});
