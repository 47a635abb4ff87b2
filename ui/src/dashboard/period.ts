import type { Range } from "@/api/charts";
import { startOf } from "@/api/queries";

export const SINCE = ["1h", "24h", "7d", "30d"] as const;
export type Since = (typeof SINCE)[number];

/** The period as the URL holds it: a span of time up to now, or two instants. */
export interface Period {
  since?: string;
  from?: string;
  to?: string;
}

const SECOND_MS = 1_000;

export function sinceOf(period: Period): Since | "custom" {
  if (period.from || period.to) return "custom";
  return SINCE.find((since) => since === period.since) ?? "24h";
}

export function rangeOf(period: Period, now: number): Range {
  const since = sinceOf(period);
  if (since !== "custom") {
    return { from: startOf(since, now) ?? "", to: new Date(now).toISOString() };
  }
  const to = instantOf(period.to) ?? now;
  const from = instantOf(period.from) ?? to - 86_400 * SECOND_MS;
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

function instantOf(text: string | undefined): number | undefined {
  const instant = Date.parse(text ?? "");
  return Number.isNaN(instant) ? undefined : instant;
}

/** How often a period that ends now is measured again; never for one with an end of its own. */
export function refreshMs(period: Period): number | null {
  switch (sinceOf(period)) {
    case "1h":
      return 15 * SECOND_MS;
    case "24h":
      return 60 * SECOND_MS;
    case "custom":
      return null;
    default:
      return 300 * SECOND_MS;
  }
}

/** The starts of all intervals that a range touches; the server counts them from the epoch, too. */
export function startsOf(from: string, to: string, intervalS: number): number[] {
  const step = intervalS * SECOND_MS;
  const starts = [];
  for (let start = Math.floor(Date.parse(from) / step) * step; start < Date.parse(to); start += step) {
    starts.push(start);
  }
  return starts;
}

/** What of the range lies in an interval. */
export function clip(start: number, intervalS: number, range: Range): Range {
  const from = Math.max(start, Date.parse(range.from));
  const to = Math.min(start + intervalS * SECOND_MS, Date.parse(range.to));
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

export function isWhole(start: number, intervalS: number, range: Range): boolean {
  return start >= Date.parse(range.from) && start + intervalS * SECOND_MS <= Date.parse(range.to);
}

/** The value of an input for a local date and time, and back. */
export function toLocal(iso: string): string {
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function fromLocal(text: string): string | undefined {
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : new Date(instant).toISOString();
}
