import { useMemo } from "react";
import type { SequentialCheck } from "@/api/types";
import { Chart } from "@/components/Chart";
import type { Colours } from "@/components/chartTheme";
import { useWords } from "@/i18n/useWords";
import { drawnLooks } from "./looks";

const FEW = 8;

/** The confidence sequence of a difference over the items, with what is asked of it. */
export function SequenceChart({ check, mode }: { check: SequentialCheck; mode: "anytime" | "group" }) {
  const { t, format } = useWords();
  const looks = useMemo(() => drawnLooks(check), [check]);
  const option = useMemo(
    () => (colours: Colours) => {
      const line = (data: (number | null)[], more: object) => ({
        type: "line" as const,
        step: mode === "anytime" ? ("end" as const) : undefined,
        showSymbol: looks.length <= FEW,
        symbolSize: 4,
        data: looks.map((look, place) => [look.n, data[place]]),
        ...more,
      });
      const edge = { lineStyle: { color: colours.accent, width: 1 }, itemStyle: { color: colours.accent } };
      return {
        grid: { left: 56, right: 16, top: 12, bottom: 26 },
        tooltip: {
          trigger: "axis" as const,
          formatter: (points: unknown) => {
            const look = looks[(points as { dataIndex: number }[])[0]?.dataIndex ?? 0];
            if (!look) return "";
            const shown = (value: number | null) =>
              value === null ? "–" : format.difference(check.metric, value);
            return `n = ${format.integer(look.n)}<br><b>${shown(look.difference)}</b> (${shown(look.low)} … ${shown(look.high)})`;
          },
        },
        xAxis: {
          type: "value" as const,
          min: 0,
          max: "dataMax",
          minInterval: 1,
          axisLabel: { hideOverlap: true, formatter: (value: number) => format.integer(value) },
        },
        yAxis: {
          type: "value" as const,
          splitNumber: 4,
          axisLabel: {
            formatter: (value: number) => (value === 0 ? "0" : format.difference(check.metric, value)),
          },
        },
        series: [
          line(
            looks.map((look) => look.low),
            { stack: "band", stackStrategy: "all", ...edge },
          ),
          line(
            looks.map((look) => (look.low === null || look.high === null ? null : look.high - look.low)),
            {
              stack: "band",
              stackStrategy: "all",
              areaStyle: { color: colours.accent, opacity: 0.12 },
              ...edge,
            },
          ),
          line(
            looks.map((look) => look.difference),
            {
              step: undefined,
              lineStyle: { color: colours.text, width: 1.5 },
              itemStyle: { color: colours.text },
              markLine: {
                silent: true,
                symbol: "none",
                lineStyle: { color: colours.bad, type: "dashed" as const, width: 1 },
                label: { show: false },
                data: [{ yAxis: check.bound }],
              },
            },
          ),
        ],
      };
    },
    [looks, check, mode, format],
  );
  return (
    <Chart
      label={t("seq.chart", { metric: check.metric })}
      name={`sequence-${check.metric}`}
      height={190}
      option={option}
      columns={["n", "difference", "low", "high"]}
      rows={looks.map((look) => [look.n, look.difference, look.low, look.high])}
    />
  );
}
