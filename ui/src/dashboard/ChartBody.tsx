import { lazy, type Ref, Suspense, useMemo } from "react";
import type { DashboardChart } from "@/api/charts";
import { useWords } from "@/i18n/useWords";
import styles from "./ChartCard.module.css";
import type { Line } from "./lines";
import { idleTopOf, leastStepOf, measureName, nameOfKey, showValue, titleOf } from "./measures";
import { isWhole } from "./period";
import type { TimeChartHandle } from "./TimeChart";
import { timeLabels } from "./timeLabels";
import type { Drawn } from "./timeOption";
import { tipElement } from "./tip";
import type { Measured } from "./useMeasured";

const TimeChart = lazy(() => import("./TimeChart").then((module) => ({ default: module.TimeChart })));

export const CHART_HEIGHT = 150;

interface Props {
  item: DashboardChart;
  measured: Measured;
  onPick?: (at: number, line: Line | undefined) => void;
  onZoom?: (from: number, to: number) => void;
  ref?: Ref<TimeChartHandle>;
}

/** The drawing of one chart, which comes with the chart library. */
export function ChartBody({ item, measured, onPick, onZoom, ref }: Props) {
  const words = useWords();
  const drawn = useMemo((): Drawn => {
    const { lines, starts, data, range } = measured;
    const { format, language, t } = words;
    const labels = timeLabels(language);
    const keys = new Set(lines.map((line) => line.key));
    const pair = item.beside !== null && keys.size === 1;
    const partial = new Set(
      starts.flatMap((start, at) => (isWhole(start, data.interval_s, range) ? [] : [at])),
    );
    return {
      lines,
      starts,
      partial,
      kind: item.kind,
      tick: labels.tick,
      idleTop: idleTopOf(item.chart.measure),
      leastStep: leastStepOf(item.chart.measure),
      axis: (value) => (value === 0 ? "0" : showValue(format, item.chart.measure, value)),
      endOf: pair ? (line) => shortName(line, words) : undefined,
      tip: (at, colours) =>
        tipElement({
          heading: labels.interval(starts[at] ?? 0, data.interval_s),
          note: partial.has(at) ? t("dash.incomplete") : "",
          lines,
          at,
          colours,
          nameOf: (line) => lineName(line, item, words),
          show: (line, value) => showValue(format, line.measure, value),
        }),
    };
  }, [item, measured, words]);
  return (
    <Suspense fallback={<div className={styles.blank} style={{ height: CHART_HEIGHT }} />}>
      <TimeChart
        ref={ref}
        label={titleOf(item, words)}
        height={CHART_HEIGHT}
        drawn={drawn}
        onPick={onPick}
        onZoom={onZoom}
      />
    </Suspense>
  );
}

/** "p95" of "Latency p95": at the end of a line there is room for a word. */
function shortName(line: Line, { t }: ReturnType<typeof useWords>): string {
  return t(`dash.measure.${line.measure}`).split(" ").at(-1) ?? "";
}

export function lineName(line: Line, item: DashboardChart, words: ReturnType<typeof useWords>): string {
  const measure = measureName(item.chart, line.measure, words);
  if (!item.chart.by) return measure;
  const name = nameOfKey(line.key, item.chart, words);
  return item.beside ? `${name} · ${measure}` : name;
}
