import type { Outcome, PairedMetric, Verdict } from "@/api/types";
import { unitOf } from "@/i18n/format";

/** One line of the plot: a paired difference (candidate − baseline) with its interval. */
export interface DifferenceRow {
  name: string;
  difference: number | null;
  low: number | null;
  high: number | null;
  n: number;
  baseline: number | null;
  candidate: number | null;
  higherIsBetter: boolean;
  /** The margin of a gate's check in the metric's unit, when a verdict exists. */
  margin?: number;
  outcome?: Outcome;
  pValue?: number | null;
}

export type Direction = "better" | "worse" | "unclear";

/** An interval that excludes zero has a direction; what is good depends on the metric. */
export function directionOf({
  low,
  high,
  higherIsBetter,
}: Pick<DifferenceRow, "low" | "high" | "higherIsBetter">): Direction {
  if (low === null || high === null || (low <= 0 && high >= 0)) return "unclear";
  return low > 0 === higherIsBetter ? "better" : "worse";
}

/** Rows that share an axis: scores in their own points, everything else relative to the baseline. */
export interface DifferenceGroup {
  kind: "absolute" | "relative";
  rows: DifferenceRow[];
  /** Half the width of the axis, symmetric around zero. */
  reach: number;
  scaleOf: (row: DifferenceRow) => number;
}

const ROOM = 1.12;
const LEAST_REACH = 0.02;

function makeGroup(kind: DifferenceGroup["kind"], rows: DifferenceRow[]): DifferenceGroup {
  const scaleOf = (row: DifferenceRow) => (kind === "relative" ? 1 / Math.abs(row.baseline || 1) : 1);
  const ends = rows.flatMap((row) =>
    [row.low, row.high, row.difference, row.margin].map((value) => Math.abs(value ?? 0) * scaleOf(row)),
  );
  return { kind, rows, scaleOf, reach: Math.max(...ends, LEAST_REACH) * ROOM };
}

export function groupDifferences(rows: DifferenceRow[]): DifferenceGroup[] {
  const absolute = rows.filter((row) => unitOf(row.name) === "score");
  const relative = rows.filter((row) => unitOf(row.name) !== "score");
  const groups: DifferenceGroup[] = [];
  if (absolute.length) groups.push(makeGroup("absolute", absolute));
  if (relative.length) groups.push(makeGroup("relative", relative));
  return groups;
}

/** The paired metrics of a comparison, with the margins of the verdict on the same two runs. */
export function rowsOfComparison(metrics: PairedMetric[], verdict: Verdict | undefined): DifferenceRow[] {
  return metrics.map((metric) => {
    const check = verdict?.checks.find((candidate) => candidate.metric === metric.name);
    return {
      name: metric.name,
      difference: metric.difference,
      low: metric.low,
      high: metric.high,
      n: metric.n,
      baseline: metric.baseline_mean,
      candidate: metric.candidate_mean,
      higherIsBetter: metric.higher_is_better,
      margin: check?.margin,
      outcome: check?.outcome,
      pValue: metric.p_value,
    };
  });
}

export function rowsOfVerdict(verdict: Verdict): DifferenceRow[] {
  return verdict.checks.map((check) => ({
    name: check.metric,
    difference: check.difference,
    low: check.low,
    high: check.high,
    n: check.n,
    baseline: check.baseline_mean,
    candidate: check.candidate_mean,
    higherIsBetter: check.higher_is_better,
    margin: check.margin,
    outcome: check.outcome,
    pValue: check.p_value,
  }));
}

/** Round tick values inside ±reach: zero and one or two steps to either side. */
export function ticksOf(reach: number): number[] {
  const raw = reach / 2;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).findLast((size) => size <= raw) ?? power;
  const count = Math.floor(reach / step);
  return Array.from({ length: 2 * count + 1 }, (_, index) => (index - count) * step);
}
