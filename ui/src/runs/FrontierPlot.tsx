import { use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { useMemo } from "react";
import type { Frontier } from "@/api/frontier";
import { Chart } from "@/components/Chart";
import type { Colours } from "@/components/chartTheme";
import { useWords } from "@/i18n/useWords";
import { frontierOption, type Point } from "./frontierOption";

// Labels that would lie on each other are moved apart.
use([LabelLayout]);

const HEIGHT = 340;

/** Quality against cost, each run with its intervals and its name, and the front. Load it lazily. */
export function FrontierPlot({ found, points }: { found: Frontier; points: Point[] }) {
  const { t, format } = useWords();
  const { metric, cost, margin } = found;
  const higherIsBetter = found.higher_is_better[metric] ?? true;
  const reference = points.find((point) => point.run === found.reference)?.quality;
  const option = useMemo(() => {
    const value =
      margin === null || reference === undefined ? null : reference + (higherIsBetter ? -margin : margin);
    const limit = value === null ? null : { value, label: t("frontier.margin.line") };
    const drawn = { points, metric, cost, higherIsBetter, limit, format: format.metric };
    return (colours: Colours) => frontierOption(drawn, colours);
  }, [points, metric, cost, higherIsBetter, margin, reference, t, format]);
  return (
    <Chart
      label={t("frontier.chart", { metric, cost })}
      name={`frontier-${metric}-${cost}`}
      height={HEIGHT}
      option={option}
      columns={["run", "release", "standing", metric, "low", "high", cost, "low", "high"]}
      rows={points.map((point) => [
        point.run,
        point.name,
        point.standing,
        point.quality,
        point.qualityRange?.[0] ?? null,
        point.qualityRange?.[1] ?? null,
        point.cost,
        point.costRange?.[0] ?? null,
        point.costRange?.[1] ?? null,
      ])}
    />
  );
}
