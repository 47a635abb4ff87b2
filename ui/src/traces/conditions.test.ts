import { expect, test } from "vitest";
import type { TraceSummary } from "@/api/types";
import { conditionOf, readCondition, suggestConditions, withCondition, withoutCondition } from "./conditions";

const rows = [
  { user: "ada", request_model: "gpt-5", scores: [{ name: "token_f1", value: 1, label: "" }] },
  { user: "bob", request_model: "gpt-5", scores: [] },
  { user: "ada", request_model: "", scores: [] },
] as unknown as TraceSummary[];
const names = (typed: string) => suggestConditions(typed, rows).map(({ name }) => name);

test("a condition is a field, an operator and a value", () => {
  expect(readCondition("request_model=gpt-5")).toEqual({
    field: "request_model",
    operator: "=",
    value: "gpt-5",
  });
  expect(readCondition(" score.f1 <= 0.5 ")).toEqual({ field: "score.f1", operator: "<=", value: "0.5" });
  expect(readCondition("attributes.a.b!=x=y")).toEqual({
    field: "attributes.a.b",
    operator: "!=",
    value: "x=y",
  });
  expect(readCondition("what is this")).toBeUndefined();
  expect(readCondition("status: error")).toBeUndefined();
});

test("names of fields are offered, those that begin so first", () => {
  expect(names("model")).toEqual(["request_model", "response_model"]);
  expect(names("out")).toEqual(["output", "output_audio_tokens", "output_tokens"]);
  expect(names("scor")).toEqual(["score.", "score.token_f1"]);
  expect(names("two words")).toEqual([]);
});

test("a chosen field waits for its value, a family for its name", () => {
  expect(suggestConditions("attr", rows)).toEqual([
    { text: "attributes.", whole: false, name: "attributes." },
  ]);
  expect(suggestConditions("request_m", rows)[0]).toEqual({
    text: "request_model=",
    whole: false,
    name: "request_model",
  });
});

test("values come from the loaded traces with their counts", () => {
  expect(suggestConditions("user=", rows)).toEqual([
    { text: "user=ada", whole: true, name: "ada", count: 2 },
    { text: "user=bob", whole: true, name: "bob", count: 1 },
  ]);
  expect(names("user!=b")).toEqual(["bob"]);
  expect(names("duration_s>")).toEqual([]);
});

test("a condition is added once and removed again", () => {
  const one = withCondition({ status: "error" }, " user=ada ");
  expect(one).toEqual({ status: "error", where: ["user=ada"] });
  expect(withCondition(one, "user=ada")).toBe(one);
  expect(withoutCondition(one, "user=ada")).toEqual({ status: "error", where: undefined });
});

test("a value that cannot be written as a condition is not offered", () => {
  expect(conditionOf("attributes.tier", "free")).toBe("attributes.tier=free");
  expect(conditionOf("attributes.ok", true)).toBe("attributes.ok=true");
  expect(conditionOf("score.f1", 0.5, "<=")).toBe("score.f1<=0.5");
  for (const value of ["", " padded", "two\nlines", { a: 1 }, "x".repeat(300)]) {
    expect(conditionOf("attributes.x", value)).toBeUndefined();
  }
  expect(conditionOf("attributes.a b", "x")).toBeUndefined();
});
