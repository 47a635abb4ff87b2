import { useMantineColorScheme } from "@mantine/core";
import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { type ECharts, type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { useWords } from "@/i18n/useWords";
import styles from "./Chart.module.css";
import { type Cell, downloadCsv, downloadUrl } from "./download";

use([BarChart, LineChart, ScatterChart, GridComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

export type Colours = Record<
  "accent" | "good" | "bad" | "text" | "dim" | "faint" | "line" | "surface",
  string
>;

interface ChartProps {
  label: string;
  /** File name of the exports, without ending. */
  name: string;
  height: number;
  option: (colours: Colours) => EChartsCoreOption;
  columns: string[];
  rows: Cell[][];
  onChoose?: (index: number) => void;
}

/** Canvas knows no CSS variables: the resolved colours of the current theme. */
function coloursOf(element: Element): Colours {
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
  };
}

function themed(option: EChartsCoreOption, colours: Colours): EChartsCoreOption {
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

/** One ECharts canvas in the theme of the page, with PNG and CSV; load it lazily. */
export function Chart({ label, name, height, option, columns, rows, onChoose }: ChartProps) {
  const { t } = useWords();
  const { colorScheme } = useMantineColorScheme();
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of scheme changes the colours that are read
  useEffect(() => {
    if (!host.current) return;
    const instance = init(host.current);
    chart.current = instance;
    instance.setOption(themed(option(coloursOf(host.current)), coloursOf(host.current)));
    if (onChoose) instance.on("click", (event) => onChoose(event.dataIndex));
    const observer = new ResizeObserver(() => instance.resize());
    observer.observe(host.current);
    return () => {
      observer.disconnect();
      instance.dispose();
      chart.current = null;
    };
  }, [option, colorScheme, onChoose]);

  const savePng = () => {
    const url = chart.current?.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: "transparent" });
    if (url) downloadUrl(url, `${name}.png`);
  };

  return (
    <figure className={styles.figure}>
      <div ref={host} style={{ height }} role="img" aria-label={label} />
      <figcaption className={styles.exports}>
        <button type="button" onClick={savePng} aria-label={t("chart.png", { name: label })}>
          PNG
        </button>
        <button
          type="button"
          onClick={() => downloadCsv(`${name}.csv`, columns, rows)}
          aria-label={t("chart.csv", { name: label })}
        >
          CSV
        </button>
      </figcaption>
    </figure>
  );
}
