import type { Check, Outcome, PairedMetric, Verdict } from "@/api/types";
import { unitOf } from "@/i18n/format";

/** One line of the plot: a paired difference (candidate − baseline) with its interval. */
export interface DifferenceRow {
  name: string;
  /** The metric, where the name says more. */
  metric?: string;
  difference: number | null;
  low: number | null;
  high: number | null;
  n: number;
  baseline: number | null;
  candidate: number | null;
  higherIsBetter: boolean;
  /** What the improvement must lie above for a gate's check, in the metric's unit; below zero it is a margin. */
  threshold?: number;
  /** What the candidate's own value must keep; the difference is then the distance from it. */
  bound?: number;
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
  kind: "absolute" | "relative" | "bound";
  rows: DifferenceRow[];
  /** Half the width of the axis, symmetric around zero. */
  reach: number;
  scaleOf: (row: DifferenceRow) => number;
}

const ROOM = 1.12;
const LEAST_REACH = 0.02;

function makeGroup(kind: DifferenceGroup["kind"], rows: DifferenceRow[]): DifferenceGroup {
  const scaleOf = (row: DifferenceRow) => {
    if (kind === "bound") return 1 / Math.abs(row.bound || 1);
    return kind === "relative" ? 1 / Math.abs(row.baseline || 1) : 1;
  };
  const ends = rows.flatMap((row) =>
    [row.low, row.high, row.difference, row.threshold].map((value) => Math.abs(value ?? 0) * scaleOf(row)),
  );
  return { kind, rows, scaleOf, reach: Math.max(...ends, LEAST_REACH) * ROOM };
}

export function groupDifferences(rows: DifferenceRow[]): DifferenceGroup[] {
  const bounds = rows.filter((row) => row.bound !== undefined);
  const compared = rows.filter((row) => row.bound === undefined);
  const isScore = (row: DifferenceRow) => unitOf(row.metric ?? row.name) === "score";
  const absolute = compared.filter(isScore);
  const relative = compared.filter((row) => !isScore(row));
  const groups: DifferenceGroup[] = [];
  if (absolute.length) groups.push(makeGroup("absolute", absolute));
  if (relative.length) groups.push(makeGroup("relative", relative));
  if (bounds.length) groups.push(makeGroup("bound", bounds));
  return groups;
}

/** The paired metrics of a comparison, with the margins of the verdict on the same two runs. */
export function rowsOfComparison(metrics: PairedMetric[], verdict: Verdict | undefined): DifferenceRow[] {
  return metrics.map((metric) => {
    const check = verdict?.checks.find(
      (candidate) => candidate.metric === metric.name && !candidate.slice && !isBound(candidate),
    );
    return {
      name: metric.name,
      difference: metric.difference,
      low: metric.low,
      high: metric.high,
      n: metric.n,
      baseline: metric.baseline_mean,
      candidate: metric.candidate_mean,
      higherIsBetter: metric.higher_is_better,
      threshold: check && thresholdOf(check),
      outcome: check?.outcome,
      pValue: metric.p_value,
    };
  });
}

export const isBound = (check: Pick<Check, "kind">) => check.kind === "at_least" || check.kind === "at_most";

/** The name of what a check is about: a metric, on all items or on those of a slice. */
export const subjectOf = ({ metric, slice }: Pick<Check, "metric" | "slice">) =>
  slice ? `${metric} · ${slice.field}=${slice.value}` : metric;

function thresholdOf(check: Check): number {
  const margin = check.margin_ratio ? check.margin_ratio * Math.abs(check.baseline_mean ?? 0) : check.margin;
  return check.kind === "superiority" ? margin : -margin;
}

export function rowsOfVerdict(verdict: Verdict): DifferenceRow[] {
  return verdict.checks.map((check) => ({
    name: subjectOf(check),
    metric: check.metric,
    n: check.n,
    baseline: check.baseline_mean,
    candidate: check.candidate_mean,
    outcome: check.outcome,
    pValue: check.p_value,
    ...(isBound(check) ? distanceOf(check) : differenceOf(check)),
  }));
}

type Placed = Pick<DifferenceRow, "difference" | "low" | "high" | "threshold" | "bound" | "higherIsBetter">;

function differenceOf(check: Check): Placed {
  const { baseline_mean: base, ratio } = check;
  // What decides of a relative margin is the interval of the ratio.
  const end = (value: number | null | undefined, plain: number | null) =>
    ratio && base !== null && value !== null && value !== undefined ? (value - 1) * base : plain;
  return {
    difference: check.difference,
    low: end(ratio?.low, check.low),
    high: end(ratio?.high, check.high),
    threshold: thresholdOf(check),
    higherIsBetter: check.higher_is_better,
  };
}

function distanceOf(check: Check): Placed {
  const bound = check.bound ?? 0;
  const from = (value: number | null | undefined) =>
    value === null || value === undefined ? null : value - bound;
  return {
    difference: from(check.level?.value),
    low: from(check.level?.low),
    high: from(check.level?.high),
    threshold: 0,
    bound,
    higherIsBetter: check.kind === "at_least",
  };
}

/** Round tick values inside ±reach: zero and one or two steps to either side. */
export function ticksOf(reach: number): number[] {
  const raw = reach / 2;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).findLast((size) => size <= raw) ?? power;
  const count = Math.floor(reach / step);
  return Array.from({ length: 2 * count + 1 }, (_, index) => (index - count) * step);
}
