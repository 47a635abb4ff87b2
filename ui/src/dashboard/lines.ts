import type { ChartData, ChartPoint, Measure } from "@/api/charts";
import type { Cell } from "@/components/download";
import { isSum } from "./measures";
import { startsOf } from "./period";

/** One series as it is drawn: a value, or none, for every interval of the period. */
export interface Line {
  key: string;
  measure: Measure;
  /** Place among the series of its measure, by which it has its colour. */
  place: number;
  beside: boolean;
  value: number | null;
  n: number;
  unknown: number;
  points: (ChartPoint | undefined)[];
  values: (number | null)[];
}

export function linesOf(data: ChartData, measure: Measure, keys: readonly string[], beside = false): Line[] {
  const starts = startsOf(data.since, data.until, data.interval_s);
  return data.series.map(({ key, value, n, unknown, points }) => {
    const byTime = new Map(points.map((point) => [Date.parse(point.time), point]));
    const placed = starts.map((start) => byTime.get(start));
    return {
      key,
      measure,
      place: Math.max(keys.indexOf(key), 0),
      beside,
      value,
      n,
      unknown,
      points: placed,
      values: placed.map((point) => (point ? point.value : isSum(measure) ? 0 : null)),
    };
  });
}

/** One row for each interval and series in which there was something, for a spreadsheet. */
export function csvRows(lines: readonly Line[], starts: readonly number[]): Cell[][] {
  return lines.flatMap((line) =>
    line.points.flatMap((point, at) =>
      point
        ? [
            [
              new Date(starts[at] ?? 0).toISOString(),
              line.measure,
              line.key,
              point.value,
              point.n,
              point.unknown,
            ],
          ]
        : [],
    ),
  );
}

export const CSV_COLUMNS = ["time", "measure", "series", "value", "n", "unknown"];

/** How many there are in all, and how many say nothing; a second measure is of the same ones. */
export function totalsOf(lines: readonly Line[]): { n: number; unknown: number } {
  const own = lines.filter((line) => !line.beside);
  return {
    n: own.reduce((sum, line) => sum + line.n, 0),
    unknown: own.reduce((sum, line) => sum + line.unknown, 0),
  };
}

/** The value of the whole period, where it adds up or is of one series; else null. */
export function valueOfAll(lines: readonly Line[], measure: Measure): number | null {
  const own = lines.filter((line) => line.measure === measure);
  if (own.length === 1) return own[0]?.value ?? null;
  const known = own.flatMap((line) => (line.value === null ? [] : [line.value]));
  return isSum(measure) && known.length ? known.reduce((sum, value) => sum + value, 0) : null;
}
