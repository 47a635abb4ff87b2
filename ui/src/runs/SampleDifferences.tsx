import { lazy, Suspense, useMemo } from "react";
import type { Comparison } from "@/api/types";
import type { Colours } from "@/components/chartTheme";
import { useWords } from "@/i18n/useWords";
import styles from "./Compare.module.css";

const Chart = lazy(() => import("@/components/Chart").then((module) => ({ default: module.Chart })));

interface Props {
  /** From the least to the greatest. */
  known: Comparison["differences"];
  metric: string;
  higherIsBetter: boolean;
  onChoose: (item: string) => void;
}

/** All differences of one metric, sorted: the shape says whether few samples moved far or all a little. */
export function SampleDifferences({ known, metric, higherIsBetter, onChoose }: Props) {
  const { t, format } = useWords();
  const option = useMemo(
    () => (colours: Colours) => ({
      grid: { left: 52, right: 8, top: 8, bottom: 8 },
      tooltip: {
        trigger: "axis" as const,
        formatter: (points: unknown) => {
          const index = (points as { dataIndex: number }[])[0]?.dataIndex ?? 0;
          const point = known[index];
          return point ? `${point.item}<br><b>${format.difference(metric, point.difference)}</b>` : "";
        },
      },
      xAxis: { type: "category" as const, data: known.map((point) => point.item), show: false },
      yAxis: {
        type: "value" as const,
        splitNumber: 3,
        axisLabel: { formatter: (value: number) => (value === 0 ? "0" : format.difference(metric, value)) },
      },
      series: [
        {
          type: "bar" as const,
          barCategoryGap: "18%",
          data: known.map(({ difference }) => ({
            value: difference,
            itemStyle: { color: difference > 0 === higherIsBetter ? colours.good : colours.bad },
          })),
        },
      ],
    }),
    [known, metric, higherIsBetter, format],
  );
  if (known.length === 0) return null;
  return (
    <div className={styles.chart}>
      <Suspense fallback={null}>
        <Chart
          label={t("compare.chart", { metric })}
          name={`differences-${metric}`}
          height={120}
          option={option}
          columns={["item", "difference"]}
          rows={known.map(({ item, difference }) => [item, difference])}
          onChoose={(index) => {
            const point = known[index];
            if (point) onChoose(point.item);
          }}
        />
      </Suspense>
    </div>
  );
}
