import { useComputedColorScheme } from "@mantine/core";
import { type ECharts, init } from "echarts/core";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { coloursOf, themed } from "@/components/chartTheme";
import { downloadUrl } from "@/components/download";
import type { Line } from "./lines";
import styles from "./TimeChart.module.css";
import { type Drawn, timeOption } from "./timeOption";
import { useDrag } from "./useDrag";

export interface TimeChartHandle {
  savePng: (name: string) => void;
}

export interface TimeChartProps {
  label: string;
  height: number;
  drawn: Drawn;
  onPick?: (at: number, line: Line | undefined) => void;
  onZoom?: (from: number, to: number) => void;
  ref?: Ref<TimeChartHandle>;
}

/** Values over time: a drag zooms, a click picks an interval, and the series if it hits one. Load it lazily. */
export function TimeChart({ label, height, drawn, onPick, onZoom, ref }: TimeChartProps) {
  const colorScheme = useComputedColorScheme("light");
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);

  useEffect(() => {
    if (!host.current) return;
    const instance = init(host.current);
    chart.current = instance;
    const observer = new ResizeObserver(() => instance.resize());
    observer.observe(host.current);
    return () => {
      observer.disconnect();
      instance.dispose();
      chart.current = null;
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of scheme changes the colours that are read
  useEffect(() => {
    if (!host.current || !chart.current) return;
    const colours = coloursOf(host.current);
    chart.current.setOption(themed(timeOption(drawn, colours), colours), { notMerge: true });
  }, [drawn, colorScheme]);

  const marked = useDrag(host, chart, {
    onPick: (at, series) => onPick?.(at, series === undefined ? undefined : drawn.lines[series]),
    onZoom,
  });

  useImperativeHandle(ref, () => ({
    savePng: (name) => {
      if (!chart.current || !host.current) return;
      const backgroundColor = getComputedStyle(host.current).getPropertyValue("--surface").trim();
      const url = chart.current.getDataURL({ type: "png", pixelRatio: 2, backgroundColor });
      downloadUrl(url, `${name}.png`);
    },
  }));

  return (
    <div className={styles.chart} style={{ minHeight: height }}>
      <div ref={host} className={styles.host} role="img" aria-label={label} />
      {marked && <div className={styles.marked} style={{ left: marked.left, width: marked.width }} />}
    </div>
  );
}
