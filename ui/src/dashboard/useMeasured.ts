import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type ChartData, type DashboardChart, measureQuery, type Range } from "@/api/charts";
import { type Line, linesOf } from "./lines";
import { startsOf } from "./period";

export interface Measured {
  data: ChartData;
  lines: Line[];
  starts: number[];
  /** What was asked for; the answer shown may still be of the period before. */
  range: Range;
}

/** What a chart of the dashboard shows: its measure, and the one beside it if it has one. */
export function useMeasured(item: DashboardChart, range: Range) {
  const { chart, beside } = item;
  const own = useQuery(measureQuery(chart, range));
  const other = useQuery({
    ...measureQuery({ ...chart, measure: beside ?? chart.measure }, range),
    enabled: beside !== null,
  });
  const measured = useMemo((): Measured | undefined => {
    const data = own.data;
    if (!data || (beside && !other.data)) return undefined;
    const keys = data.series.map((series) => series.key);
    return {
      data,
      lines: [
        ...linesOf(data, chart.measure, keys),
        // A moment between the two answers may bring other series: those of the first are shown.
        ...(beside && other.data?.since === data.since
          ? linesOf(other.data, beside, keys, true).filter((line) => keys.includes(line.key))
          : []),
      ],
      starts: startsOf(data.since, data.until, data.interval_s),
      range: { from: data.since, to: data.until },
    };
  }, [own.data, other.data, chart.measure, beside]);
  return {
    measured,
    error: own.error ?? other.error,
    stale: own.isPlaceholderData,
    retry: () => void Promise.all([own.refetch(), beside ? other.refetch() : undefined]),
  };
}
