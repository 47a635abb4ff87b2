import { expect, test } from "vitest";
import type { TraceSummary } from "@/api/types";
import { lengthOf, turnsOf } from "./turns";

const at = (minutes: number, seconds = 1) =>
  ({
    trace_id: String(minutes),
    start_time: new Date(Date.UTC(2026, 0, 1) + minutes * 60_000).toISOString(),
    duration_s: seconds,
  }) as TraceSummary;

test("turns are numbered from the first, though traces are listed from the last", () => {
  const turns = turnsOf([at(2), at(1), at(0)]);
  expect(turns.map(({ number, trace }) => `${number} at ${trace.trace_id}`)).toEqual([
    "1 at 0",
    "2 at 1",
    "3 at 2",
  ]);
});

test("a conversation starts, and is taken up again after more than half an hour of silence", () => {
  const turns = turnsOf([at(62), at(31.5), at(1), at(0)]);
  expect(turns.map(({ resumed }) => resumed)).toEqual([true, false, true, true]);
});

test("an answer that took long is no silence", () => {
  expect(turnsOf([at(40), at(0, 30 * 60)]).map(({ resumed }) => resumed)).toEqual([true, false]);
});

test("a conversation lasts until its last answer", () => {
  expect(lengthOf(turnsOf([at(2, 5), at(0, 600)]))).toBe(600);
  expect(lengthOf([])).toBe(0);
});
