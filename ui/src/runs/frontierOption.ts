import type { EChartsCoreOption } from "echarts/core";
import type { FrontierCandidate, Standing } from "@/api/frontier";
import type { Colours } from "@/components/chartTheme";

export interface Point {
  run: string;
  name: string;
  standing: Standing;
  cost: number;
  quality: number;
  costRange: [number, number] | null;
  qualityRange: [number, number] | null;
}

/** The runs of which both values are known. */
export function pointsOf(
  candidates: FrontierCandidate[],
  metric: string,
  cost: string,
  nameOf: (candidate: FrontierCandidate) => string,
): Point[] {
  return candidates.flatMap((candidate) => {
    const across = candidate.run.metrics[cost];
    const up = candidate.run.metrics[metric];
    if (across?.mean == null || up?.mean == null) return [];
    return {
      run: candidate.run.id,
      name: nameOf(candidate),
      standing: candidate.standing,
      cost: across.mean,
      quality: up.mean,
      costRange: rangeOf(across),
      qualityRange: rangeOf(up),
    };
  });
}

function rangeOf({ low, high }: { low: number | null; high: number | null }): [number, number] | null {
  return low === null || high === null ? null : [low, high];
}

/** The front as stairs: what quality is to be had for a cost. */
export function stairsOf(points: Point[]): [number, number][] {
  const front = points.filter((point) => point.standing === "front").sort((a, b) => a.cost - b.cost);
  return front.flatMap((point, place): [number, number][] => {
    const before = front[place - 1];
    const at: [number, number] = [point.cost, point.quality];
    return before ? [[point.cost, before.quality], at] : [at];
  });
}

export interface Drawn {
  points: Point[];
  metric: string;
  cost: string;
  higherIsBetter: boolean;
  /** The least quality that is good enough. */
  limit: { value: number; label: string } | null;
  format: (metric: string, value: number) => string;
}

const SYMBOLS: Record<Standing, string> = {
  front: "circle",
  dominated_as_seen: "emptyCircle",
  dominated: "emptyDiamond",
  unknown: "none",
};

export function frontierOption(drawn: Drawn, colours: Colours): EChartsCoreOption {
  const { points, metric, cost, higherIsBetter, limit, format } = drawn;
  const tone = (point: Point) => (point.standing === "front" ? colours.accent : colours.faint);
  const middle = middleOf(points.flatMap((point) => [point.cost, ...(point.costRange ?? [])]));
  return {
    grid: { left: 56, right: 28, top: 30, bottom: 44 },
    xAxis: {
      type: "value",
      scale: true,
      name: cost,
      nameLocation: "middle",
      nameGap: 28,
      nameTextStyle: { color: colours.dim, fontSize: 12 },
      axisLabel: { formatter: (value: number) => format(cost, value), hideOverlap: true },
    },
    yAxis: {
      type: "value",
      scale: true,
      // Better is always up.
      inverse: !higherIsBetter,
      name: metric,
      nameLocation: higherIsBetter ? "end" : "start",
      nameTextStyle: { color: colours.dim, fontSize: 12, align: "left", padding: [0, 0, 0, -44] },
      axisLabel: { formatter: (value: number) => format(metric, value) },
    },
    tooltip: {
      trigger: "item",
      formatter: ({ seriesName, dataIndex }: { seriesName: string; dataIndex: number }) => {
        const point = seriesName === "runs" ? points[dataIndex] : undefined;
        return point ? tipOf(point, metric, cost, format) : "";
      },
    },
    series: [
      ...points.flatMap((point) => whiskersOf(point, tone(point))),
      {
        name: "front",
        type: "line",
        data: stairsOf(points),
        symbol: "none",
        silent: true,
        z: 2,
        lineStyle: { color: colours.accent, width: 1.5, opacity: 0.55 },
        markLine: limit
          ? {
              silent: true,
              symbol: "none",
              data: [{ yAxis: limit.value }],
              lineStyle: { color: colours.dim, type: "dashed", width: 1 },
              label: { position: "insideEndTop", formatter: limit.label, color: colours.dim, fontSize: 11 },
            }
          : undefined,
      },
      {
        name: "runs",
        type: "scatter",
        z: 4,
        symbolSize: 10,
        labelLayout: { moveOverlap: "shiftY", hideOverlap: true },
        data: points.map((point) => {
          const right = point.cost > middle;
          return {
            value: [point.cost, point.quality],
            symbol: SYMBOLS[point.standing],
            itemStyle: { color: tone(point), borderWidth: 1.5 },
            label: {
              show: true,
              formatter: point.name,
              position: right ? [-3, -12] : [14, -12],
              align: right ? "right" : "left",
              color: point.standing === "front" ? colours.text : colours.dim,
              textBorderColor: colours.surface,
              textBorderWidth: 3,
              fontSize: 12,
            },
          };
        }),
      },
    ],
  };
}

function middleOf(values: number[]): number {
  return (Math.min(...values) + Math.max(...values)) / 2;
}

function whiskersOf({ cost, quality, costRange, qualityRange }: Point, color: string) {
  const lines: [number, number][][] = [];
  if (costRange) lines.push(costRange.map((value) => [value, quality]));
  if (qualityRange) lines.push(qualityRange.map((value) => [cost, value]));
  return lines.map((data) => ({
    type: "line",
    data,
    symbol: "none",
    silent: true,
    z: 3,
    lineStyle: { color, width: 1.25, opacity: 0.6 },
  }));
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function tipOf(point: Point, metric: string, cost: string, format: Drawn["format"]): string {
  const line = (name: string, value: number, range: [number, number] | null) => {
    const bounds = range ? ` (${format(name, range[0])} – ${format(name, range[1])})` : "";
    return `${escaped(name)} <b>${format(name, value)}</b>${bounds}`;
  };
  return [
    escaped(point.name),
    line(metric, point.quality, point.qualityRange),
    line(cost, point.cost, point.costRange),
  ].join("<br>");
}
