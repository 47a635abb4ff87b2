import { expect, test } from "vitest";
import { currentWords } from "@/i18n/language";
import "../texts";
import { hasLimit, isSame, policyOf, problemsOf, sayPolicy, sayRows, typedOf } from "./policy";

const words = currentWords();
const policy = (max_age_days: number | null, max_traces: number | null, keep_runs = true) => ({
  max_age_days,
  max_traces,
  keep_runs,
});

test("an empty field is no limit, and a policy is typed as it is read", () => {
  for (const each of [policy(null, null), policy(30, null), policy(7, 1_000_000, false)]) {
    expect(policyOf(typedOf(each))).toEqual(each);
  }
  expect(policyOf({ days: " 30 ", traces: "", keepRuns: true })).toEqual(policy(30, null));
});

test.each(["0", "-1", "1.5", "1e3", "thirty", "36501"])("%s days are no limit", (days) => {
  expect(problemsOf({ days, traces: "1", keepRuns: true })).toEqual({ days: "retention.wrong.days" });
  expect(policyOf({ days, traces: "1", keepRuns: true })).toBeUndefined();
});

test("a policy is told in sentences, and traces of runs only where there is a limit", () => {
  expect(sayPolicy(words, policy(null, null))).toBe("Everything is kept for ever.");
  expect(sayPolicy(words, policy(1, null))).toContain("for 1 day.");
  expect(sayPolicy(words, policy(30, 5_000))).toContain("for 30 days, and of these the newest 5,000.");
  expect(sayPolicy(words, policy(null, 9, false))).toContain("go like all others");
});

test("policies are the same when all they say is", () => {
  expect(isSame(policy(1, 2), policy(1, 2))).toBe(true);
  expect(isSame(policy(1, 2), policy(1, 2, false))).toBe(false);
  expect([policy(null, null), policy(1, null), policy(null, 1)].map(hasLimit)).toEqual([false, true, true]);
});

test("rows are told by table, the most first, and none without rows", () => {
  expect(sayRows(words, { traces: 3, spans: 1_200, scores: 0, new_table: 7 })).toBe(
    "1,200 spans, new_table: 7, 3 rows of the index of traces",
  );
  expect(sayRows(words, { spans: 0 })).toBe("");
});
