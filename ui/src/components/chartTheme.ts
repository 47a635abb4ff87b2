import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { type EChartsCoreOption, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, ScatterChart, GridComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

export type Colours = Record<
  "accent" | "good" | "bad" | "text" | "dim" | "faint" | "line" | "surface",
  string
> & {
  /** Of series that are told apart by colour, in their order. */
  series: string[];
};

const SERIES = 6;

/** Canvas knows no CSS variables: the resolved colours of the current theme. */
export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    accent: read("--accent"),
    good: read("--good-line"),
    bad: read("--bad-line"),
    text: read("--text"),
    dim: read("--dim"),
    faint: read("--faint"),
    line: read("--line"),
    surface: read("--raised"),
    series: Array.from({ length: SERIES }, (_, place) => read(`--series-${place + 1}`)),
  };
}

export function themed(option: EChartsCoreOption, colours: Colours): EChartsCoreOption {
  const axis = (given: unknown) => {
    const own = given as Record<string, unknown>;
    return {
      ...own,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: colours.line } },
      axisLabel: { color: colours.faint, fontSize: 11, ...(own.axisLabel as object | undefined) },
    };
  };
  return {
    animation: false,
    textStyle: { fontFamily: '"Inter Variable", "Pretendard Variable", system-ui, sans-serif' },
    ...option,
    xAxis: axis(option.xAxis),
    yAxis: axis(option.yAxis),
    tooltip: {
      backgroundColor: colours.surface,
      borderColor: colours.line,
      textStyle: { color: colours.text, fontSize: 12 },
      padding: [4, 8],
      ...(option.tooltip as object | undefined),
    },
  };
}
