import type { EChartsCoreOption } from "echarts/core";
import type { DashboardChart } from "@/api/charts";
import type { Colours } from "@/components/chartTheme";
import type { Line } from "./lines";
import { isSum, OTHERS } from "./measures";

export interface Drawn {
  lines: readonly Line[];
  starts: readonly number[];
  /** The intervals that the period only touches. */
  partial: ReadonlySet<number>;
  kind: DashboardChart["kind"];
  tick: (time: number, days: boolean) => string;
  axis: (value: number) => string;
  /** The top of the axis while there is nothing but zeros. */
  idleTop: number;
  /** The smallest step of the axis; 0 for any. */
  leastStep: number;
  /** Written at the end of a line, where there are few. */
  endOf?: (line: Line) => string;
  tip: (at: number, colours: Colours) => HTMLElement;
}

const TICKS_MS = [1, 5, 10, 15, 30, 60, 180, 360, 720, 1440, 2880, 10_080].map((minutes) => minutes * 60_000);
const DAY_MS = 86_400_000;
const MOST_TICKS = 6;

export function colourOf(line: Pick<Line, "key" | "place">, colours: Colours): string {
  if (line.key === OTHERS) return colours.faint;
  return colours.series[line.place % colours.series.length] ?? colours.accent;
}

/** Which intervals get a label: the first at or after each round time of the reader's clock. */
export function ticksOf(starts: readonly number[], offsetMinutes: number) {
  const span = (starts.at(-1) ?? 0) - (starts[0] ?? 0);
  const step = TICKS_MS.find((each) => span / each <= MOST_TICKS) ?? TICKS_MS.at(-1) ?? 1;
  const stepAt = (at: number) => Math.floor(((starts[at] ?? 0) - offsetMinutes * 60_000) / step);
  return { isTick: (at: number) => at > 0 && stepAt(at) > stepAt(at - 1), days: step >= DAY_MS };
}

/** Bars and areas of the same measure stand on each other; what stands beside them is a dashed line. */
export function timeOption(drawn: Drawn, colours: Colours): EChartsCoreOption {
  const { lines, starts, kind } = drawn;
  const ticks = ticksOf(starts, new Date(starts[0] ?? 0).getTimezoneOffset());
  return {
    grid: { left: 2, right: drawn.endOf ? 40 : 6, top: 10, bottom: 2, outerBoundsMode: "same" },
    tooltip: {
      trigger: "axis",
      confine: true,
      axisPointer: { type: "line", lineStyle: { color: colours.faint, type: "solid", width: 1 } },
      formatter: (points: unknown) =>
        drawn.tip((points as { dataIndex: number }[])[0]?.dataIndex ?? 0, colours),
    },
    xAxis: {
      type: "category",
      boundaryGap: kind === "bar",
      data: starts.map(String),
      axisLabel: {
        interval: ticks.isTick,
        formatter: (start: string) => drawn.tick(Number(start), ticks.days),
        hideOverlap: true,
      },
    },
    yAxis: {
      type: "value",
      min: 0,
      max: ({ max }: { max: number }) => (max > 0 ? null : drawn.idleTop),
      minInterval: drawn.leastStep,
      splitNumber: 3,
      axisLabel: { formatter: drawn.axis },
    },
    series: lines.map((line) =>
      kind === "bar" && !line.beside ? bar(line, drawn, colours) : curve(line, drawn, colours),
    ),
  };
}

function bar(line: Line, { partial }: Drawn, colours: Colours) {
  return {
    type: "bar",
    stack: "all",
    barCategoryGap: "20%",
    itemStyle: { color: colourOf(line, colours) },
    data: line.values.map((value, at) => (partial.has(at) ? { value, itemStyle: { opacity: 0.45 } } : value)),
  };
}

/** A sum over a part of an interval would look like a fall: the line ends before it. Shares and latencies hold. */
function drawnValues(line: Line, partial: ReadonlySet<number>): (number | null)[] {
  if (!isSum(line.measure) || partial.size >= line.values.length) return line.values;
  return line.values.map((value, at) => (partial.has(at) ? null : value));
}

function curve(line: Line, { kind, endOf, partial }: Drawn, colours: Colours) {
  const values = drawnValues(line, partial);
  const colour = colourOf(line, colours);
  const stacked = kind === "area" && !line.beside;
  // A point between two gaps has no line to be seen by.
  const alone = values.map(
    (value, at) => value !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null,
  );
  return {
    type: "line",
    stack: stacked ? "all" : undefined,
    triggerLineEvent: true,
    showAllSymbol: true,
    symbol: "circle",
    symbolSize: (_value: unknown, { dataIndex }: { dataIndex: number }) => (alone[dataIndex] ? 4 : 0),
    lineStyle: { color: colour, width: 1.6, type: line.beside ? [4, 3] : "solid" },
    itemStyle: { color: colour },
    areaStyle: stacked ? { color: colour, opacity: 0.22 } : undefined,
    endLabel: endOf
      ? { show: true, formatter: () => endOf(line), color: colours.dim, fontSize: 11, distance: 4 }
      : undefined,
    emphasis: { disabled: true },
    data: values,
  };
}
