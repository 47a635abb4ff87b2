import type { SliceDifference } from "@/api/verdicts";

/** So many rows are shown at first. */
export const FIRST_SLICES = 8;

const DISCOVERY = 0.05;
const ROOM = 1.1;

export type Finding = "worse" | "better" | "unclear";

/** What the report finds of a slice, with the p value that is adjusted over all of them. */
export function finding({ adjusted_p, difference, higher_is_better }: SliceDifference): Finding {
  if (adjusted_p === null || adjusted_p > DISCOVERY) return "unclear";
  return difference > 0 === higher_is_better ? "better" : "worse";
}

/** Half the width of an axis that all intervals fit on, zero in its middle. */
export function reachOf(rows: SliceDifference[]): number {
  const ends = rows.flatMap(({ difference, low, high }) => [difference, low ?? 0, high ?? 0].map(Math.abs));
  return (Math.max(...ends) || 1) * ROOM;
}

/** The rows of one metric, and which metrics there are. */
export function slicesBy(rows: SliceDifference[], metric: string | undefined) {
  const metrics = [...new Set(rows.map((row) => row.metric))];
  const chosen = metric && metrics.includes(metric) ? metric : metrics[0];
  return { metrics, chosen, rows: rows.filter((row) => row.metric === chosen) };
}
