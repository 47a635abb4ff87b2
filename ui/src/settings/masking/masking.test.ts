import { expect, test } from "vitest";
import { ApiError } from "@/api/client";
import type { MaskingRules, PatternRule } from "@/api/masking";
import { changesBetween, rebased } from "./changes";
import { readyOf, refusalOf, unreadyOf } from "./problems";
import { draftOf, moved, NEW_ATTRIBUTE, rowOf, rulesOf, withContent, withDetector } from "./rules";
import { diffWords } from "./wordDiff";

const none: MaskingRules = { attributes: [], patterns: [], detectors: [], drop: [] };
const pattern = (name: string, text = "x", replacement = "[masked]"): PatternRule => ({
  name,
  pattern: text,
  replacement,
});
const names = (rules: MaskingRules) => rules.patterns.map((each) => each.name);

test("rules that were only looked at are the rules that were loaded", () => {
  const rules = { ...none, patterns: [pattern("a")], attributes: [NEW_ATTRIBUTE], drop: ["input" as const] };
  expect(rulesOf(draftOf(rules))).toEqual(rules);
  expect(changesBetween(rules, rulesOf(draftOf(rules)))).toEqual([]);
});

test("a detector switched off and on again stands where it stood", () => {
  const held = ["jwt" as const, "email" as const, "phone" as const];
  const off = withDetector(held, "email", false, held);
  expect(off).toEqual(["jwt", "phone"]);
  expect(withDetector(off, "email", true, held)).toEqual(held);
  expect(withDetector(held, "iban", true, held)).toEqual([...held, "iban"]);
});

test("contents keep one order, however they were chosen", () => {
  expect(withContent(withContent([], "output", true), "input", true)).toEqual(["input", "output"]);
  expect(withContent(["input", "output"], "input", false)).toEqual(["output"]);
});

test("a pattern moves one place, and not beyond the ends", () => {
  const rows = ["a", "b", "c"].map((name) => rowOf(pattern(name)));
  const key = rows[1]?.key ?? 0;
  expect(moved(rows, key, -1).map((row) => row.rule.name)).toEqual(["b", "a", "c"]);
  expect(moved(rows, key, 1).map((row) => row.rule.name)).toEqual(["a", "c", "b"]);
  expect(moved(moved(rows, key, 1), key, 1).map((row) => row.rule.name)).toEqual(["a", "c", "b"]);
});

test("what saving does is told rule by rule", () => {
  const before = {
    ...none,
    patterns: [pattern("a"), pattern("b"), pattern("old")],
    drop: ["input" as const],
  };
  const after = {
    ...none,
    patterns: [pattern("b"), pattern("a", "y"), pattern("new")],
    detectors: ["email" as const],
    attributes: [{ name: "*.password", places: ["span" as const] }],
  };
  expect(changesBetween(before, after)).toEqual([
    { kind: "added", rule: "attribute:*.password" },
    { kind: "changed", rule: "pattern:a" },
    { kind: "added", rule: "pattern:new" },
    { kind: "added", rule: "detector:email" },
    { kind: "removed", rule: "drop:input" },
    { kind: "removed", rule: "pattern:old" },
    { kind: "moved", rule: "pattern:b" },
    { kind: "moved", rule: "pattern:a" },
  ]);
});

test("an attribute in other places is a changed one, and the order of places is none", () => {
  const before = { ...none, attributes: [{ name: "a", places: ["span" as const, "log" as const] }] };
  const turned = { ...none, attributes: [{ name: "a", places: ["log" as const, "span" as const] }] };
  const fewer = { ...none, attributes: [{ name: "a", places: ["log" as const] }] };
  expect(changesBetween(before, turned)).toEqual([]);
  expect(changesBetween(before, fewer)).toEqual([{ kind: "changed", rule: "attribute:a" }]);
});

test("my changes go on top of what somebody else saved", () => {
  const base = { ...none, patterns: [pattern("a"), pattern("b")], detectors: ["email" as const] };
  const mine = { ...base, patterns: [pattern("a", "mine"), pattern("own")], detectors: [] };
  const theirs = {
    ...base,
    patterns: [pattern("a", "theirs"), pattern("b"), pattern("other")],
    detectors: ["email" as const, "jwt" as const],
  };
  const merged = rebased(base, mine, theirs);
  expect(names(merged)).toEqual(["a", "other", "own"]);
  expect(merged.patterns[0]?.pattern).toBe("mine");
  expect(merged.detectors).toEqual(["jwt"]);
  expect(rebased(base, base, theirs)).toEqual(theirs);
});

test("an order that I changed stays mine", () => {
  const base = { ...none, patterns: [pattern("a"), pattern("b")] };
  const mine = { ...none, patterns: [pattern("b"), pattern("a")] };
  const theirs = { ...none, patterns: [pattern("other"), pattern("a"), pattern("b", "y")] };
  expect(names(rebased(base, mine, theirs))).toEqual(["b", "a", "other"]);
});

test("rules that are not whole yet are named and left out of what is tried", () => {
  const draft = draftOf({
    ...none,
    patterns: [pattern(""), pattern("Big Name"), pattern("a"), pattern("b", ""), pattern("c"), pattern("c")],
    attributes: [NEW_ATTRIBUTE, { name: "x", places: [] }, { name: "y", places: ["span"] }],
  });
  const unready = unreadyOf(draft);
  expect([...unready.values()]).toEqual([
    "masking.unready.name",
    "masking.unready.letters",
    "masking.unready.pattern",
    "masking.unready.twice",
    "masking.unready.twice",
    "masking.unready.attribute",
    "masking.unready.places",
  ]);
  const sent = readyOf(draft, unready);
  expect(names(sent.rules)).toEqual(["a"]);
  expect(sent.keys.patterns).toEqual([draft.patterns[2]?.key]);
  expect(sent.rules.attributes).toEqual([{ name: "y", places: ["span"] }]);
});

test("the server's sentence stands at the rule that it is about", () => {
  const draft = draftOf({ ...none, patterns: [pattern(""), pattern("a"), pattern("b", "x(")] });
  const sent = readyOf(draft, unreadyOf(draft));
  const said =
    "body.rules.patterns.1.pattern: Value error, 'x(' cannot be used: missing ): x( (no look-around).";
  expect(refusalOf(new ApiError(422, "Invalid input", said), sent)).toEqual({
    key: draft.patterns[2]?.key,
    message: "'x(' cannot be used: missing ): x( (no look-around).",
  });
  const whole = new ApiError(
    422,
    "Invalid input",
    "body.rules: Value error, two patterns have the name 'a'.",
  );
  expect(refusalOf(whole, sent)).toEqual({ key: undefined, message: "two patterns have the name 'a'." });
  expect(refusalOf(new ApiError(404, "Not found", "There is no trace."), sent)).toBeUndefined();
});

test("what is masked in a text is told from what stays", () => {
  expect(diffWords("call 010-1234-5678 now", "call [phone] now")).toEqual([
    { kind: "same", text: "call " },
    { kind: "gone", text: "010-1234-5678" },
    { kind: "new", text: "[phone]" },
    { kind: "same", text: " now" },
  ]);
  expect(diffWords("same", "same")).toEqual([{ kind: "same", text: "same" }]);
  expect(diffWords("김철수 a@b.co, 이영희 c@d.co", "김철수 [email], 이영희 [email]")).toEqual([
    { kind: "same", text: "김철수 " },
    { kind: "gone", text: "a@b.co" },
    { kind: "new", text: "[email]" },
    { kind: "same", text: ", 이영희 " },
    { kind: "gone", text: "c@d.co" },
    { kind: "new", text: "[email]" },
  ]);
});

test("both texts can be read out of their difference, whatever they are and however long", () => {
  const texts = ["", "a b", "b a c b a", "x-y-z", "word ".repeat(3_000), "other ".repeat(3_000)];
  for (const before of texts) {
    for (const after of texts) {
      const pieces = diffWords(before, after);
      const read = (without: string) => pieces.filter(({ kind }) => kind !== without).map(({ text }) => text);
      expect(read("new").join("")).toBe(before);
      expect(read("gone").join("")).toBe(after);
    }
  }
});
