import type { TraceSummary } from "@/api/types";

/** One trace of a conversation: what was said, what was answered. */
export interface Turn {
  trace: TraceSummary;
  /** From 1, in the order of time. */
  number: number;
  /** Whether much time passed before it: the conversation was taken up again. */
  resumed: boolean;
}

const PAUSE_MS = 30 * 60_000;

const endOf = (trace: TraceSummary) => Date.parse(trace.start_time) + trace.duration_s * 1000;

/** The turns of a conversation, the first one first, from its traces as they are listed: newest first. */
export function turnsOf(newestFirst: readonly TraceSummary[]): Turn[] {
  const traces = newestFirst.toReversed();
  return traces.map((trace, index) => {
    const before = traces[index - 1];
    return {
      trace,
      number: index + 1,
      resumed: !before || Date.parse(trace.start_time) - endOf(before) > PAUSE_MS,
    };
  });
}

/** Seconds from the first word to the last answer. */
export function lengthOf(turns: readonly Turn[]): number {
  const first = turns[0];
  if (!first) return 0;
  const end = turns.reduce((latest, { trace }) => Math.max(latest, endOf(trace)), 0);
  return (end - Date.parse(first.trace.start_time)) / 1000;
}
