import { useComputedColorScheme } from "@mantine/core";
import { type ECharts, type EChartsCoreOption, init } from "echarts/core";
import { useEffect, useRef } from "react";
import { useWords } from "@/i18n/useWords";
import styles from "./Chart.module.css";
import { type Colours, coloursOf, themed } from "./chartTheme";
import { type Cell, downloadCsv, downloadUrl } from "./download";

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

/** One ECharts canvas in the theme of the page, with PNG and CSV; load it lazily. */
export function Chart({ label, name, height, option, columns, rows, onChoose }: ChartProps) {
  const { t } = useWords();
  const colorScheme = useComputedColorScheme("light");
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
