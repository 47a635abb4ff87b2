import { useCallback } from "react";
import type { Calibration } from "@/api/calibrations";
import { Chart } from "@/components/Chart";
import type { Colours } from "@/components/chartTheme";
import { Badge } from "@/components/Marks";
import { Section } from "@/components/Page";
import { Scrolling } from "@/components/Scrolling";
import table from "@/components/table.module.css";
import { When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";

const HEIGHT = 180;

interface Point {
  time: string;
  value: number | null;
  low: number | null;
  high: number | null;
}

/** The same items judged again and again: agreement over time with its interval, and what changed. */
export function AnchorDrift({ watches }: { watches: Calibration[] }) {
  const { t, format } = useWords();
  const points = watches.map(pointOf).reverse();
  const label = t("calibration.kappa_over_time");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the points follow from the calibrations
  const option = useCallback(
    (colours: Colours) => optionOf(points, colours, format.exact),
    [watches, format],
  );
  const drifts = watches.flatMap(({ id, finished, content }) =>
    content?.result.drift ? [{ id, finished, drift: content.result.drift }] : [],
  );
  return (
    <Section title={t("calibration.anchors")} aside={t("calibration.anchors.text")} flush>
      <Chart
        label={label}
        name="anchors"
        height={HEIGHT}
        option={option}
        columns={[t("calibration.finished"), "kappa", "low", "high"]}
        rows={points.map(({ time, value, low, high }) => [time, value, low, high])}
      />
      <Scrolling label={t("calibration.anchors")}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{t("calibration.finished")}</th>
              {(["raised", "lowered", "gained", "lost", "p"] as const).map((column) => (
                <th scope="col" key={column} className={table.right}>
                  {t(`calibration.${column}`)}
                </th>
              ))}
              <th scope="col" className={table.right} data-tip={t("calibration.anchors.asked.tip")}>
                {t("calibration.anchors.asked")}
              </th>
              <th scope="col" />
            </tr>
          </thead>
          <tbody>
            {drifts.map(({ id, finished, drift }) => (
              <tr key={id}>
                <td>{finished && <When time={finished} />}</td>
                {[drift.raised, drift.lowered, drift.gained, drift.lost].map((n, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: four columns that stay
                  <td key={column} className={`${table.right} num`}>
                    {format.integer(n)}
                  </td>
                ))}
                <td className={`${table.right} num`}>
                  {format.p(drift.p_shift)} / {format.p(drift.p_agreement)}
                </td>
                <td className={`${table.right} num faint`}>≤ {format.p(drift.level / 2)}</td>
                <td>{drift.drifted && <Badge tone="bad" shape="cross" word={t("calibration.drifted")} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolling>
    </Section>
  );
}

function pointOf({ finished, created, content }: Calibration): Point {
  const kappa = content?.result.agreement.measures.kappa;
  return {
    time: finished ?? created,
    value: kappa?.value ?? null,
    low: kappa?.low ?? null,
    high: kappa?.high ?? null,
  };
}

function optionOf(points: Point[], colours: Colours, exact: (time: string) => string) {
  const lows = points.flatMap(({ low, value }) => [low ?? value ?? 0]);
  const faint = {
    type: "line",
    symbol: "none",
    lineStyle: { color: colours.faint, type: "dashed", width: 1 },
  };
  return {
    grid: { left: 44, right: 20, top: 16, bottom: 28 },
    xAxis: { type: "time", axisLabel: { hideOverlap: true } },
    yAxis: { type: "value", min: Math.min(0, ...lows), max: 1 },
    tooltip: {
      trigger: "axis",
      formatter: (shown: { dataIndex: number }[]) => {
        const point = points[shown[0]?.dataIndex ?? 0];
        return point ? `${exact(point.time)}<br>kappa ${point.value?.toFixed(3) ?? "–"}` : "";
      },
    },
    series: [
      { ...faint, data: points.map(({ time, low }) => [time, low]) },
      { ...faint, data: points.map(({ time, high }) => [time, high]) },
      {
        type: "line",
        symbol: "circle",
        symbolSize: 8,
        itemStyle: { color: colours.accent },
        lineStyle: { color: colours.accent, width: 2 },
        data: points.map(({ time, value }) => [time, value]),
      },
    ],
  };
}
