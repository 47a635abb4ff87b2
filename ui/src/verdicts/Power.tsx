import "./texts";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import type { Verdict } from "@/api/types";
import { type PowerCurve, powerQuery } from "@/api/verdicts";
import type { Colours } from "@/components/chartTheme";
import { Section } from "@/components/Page";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import { subjectOf } from "@/runs/differences";
import styles from "./Evidence.module.css";

const Chart = lazy(() => import("@/components/Chart").then((module) => ({ default: module.Chart })));

const HEIGHT = 230;

/** How probably more items would decide a check; the first that is open is shown, else the primary one. */
export function Power({ verdict }: { verdict: Verdict }) {
  const { t } = useWords();
  const curves = useQuery(powerQuery(verdict.id)).data?.items ?? [];
  const [chosen, setChosen] = useState<string>();
  const nameOf = (curve: PowerCurve, place: number) => `${subjectOf(curve)} ${place}`;
  const open = curves.findIndex((curve) => curve.outcome === "not_enough_data");
  const place = chosen === undefined ? Math.max(open, 0) : Number(chosen);
  const curve = curves[place];
  if (!curve) return null;
  return (
    <Section
      title={t("gates.power")}
      aside={
        curves.length > 1 && (
          <Select
            label={t("gates.power.check")}
            value={String(place)}
            onChange={setChosen}
            options={curves.map((each, index) => ({ value: String(index), name: subjectOf(each) }))}
          />
        )
      }
    >
      <p className={styles.decides}>
        <Needed curve={curve} /> <span className="dim">{t("gates.power.text")}</span>
      </p>
      <PowerChart key={nameOf(curve, place)} curve={curve} />
    </Section>
  );
}

function Needed({ curve: { outcome, n, needed_n: needed } }: { curve: PowerCurve }) {
  const { t, format } = useWords();
  if (needed === null) return t("gates.power.never");
  if (needed > n && outcome !== "not_enough_data") return t("gates.power.decided", { n: needed });
  if (needed <= n) return t("gates.power.enough", { n: needed, there: format.integer(n) });
  return t("gates.power.more", { n: needed - n });
}

function PowerChart({ curve }: { curve: PowerCurve }) {
  const { t, format } = useWords();
  const option = useMemo(
    () => (colours: Colours) => {
      const line = (name: string, colour: string, values: number[]) => ({
        type: "line" as const,
        name,
        showSymbol: false,
        lineStyle: { color: colour, width: 2 },
        itemStyle: { color: colour },
        data: values.map((value, index) => [curve.points[index]?.n, value]),
      });
      const mark = (at: number, label: string) => ({ xAxis: at, label: { formatter: label } });
      const marks = [mark(curve.n, t("gates.power.now"))];
      if (curve.needed_n !== null && curve.needed_n > curve.n) {
        marks.push(mark(curve.needed_n, format.integer(curve.needed_n)));
      }
      return {
        grid: { left: 44, right: 16, top: 26, bottom: 28 },
        tooltip: {
          trigger: "axis" as const,
          formatter: (points: unknown) => {
            const index = (points as { dataIndex: number }[])[0]?.dataIndex ?? 0;
            const point = curve.points[index];
            if (!point) return "";
            const row = (name: string, value: number) => `${name} <b>${format.percent(value, 0)}</b>`;
            return [
              `${t("gates.power.items")} <b>${format.integer(point.n)}</b>`,
              row(t("gates.power.passes"), point.passes),
              row(t("gates.power.fails"), point.fails),
            ].join("<br>");
          },
        },
        xAxis: {
          type: "log" as const,
          min: curve.points[0]?.n,
          max: curve.points.at(-1)?.n,
          axisLabel: { formatter: (value: number) => format.compact(Math.round(value)) },
        },
        yAxis: {
          type: "value" as const,
          min: 0,
          max: 1,
          interval: 0.25,
          axisLabel: { formatter: (value: number) => format.percent(value, 0) },
        },
        series: [
          {
            ...line(
              t("gates.power.passes"),
              colours.good,
              curve.points.map((point) => point.passes),
            ),
            markLine: {
              symbol: "none",
              silent: true,
              lineStyle: { color: colours.faint, type: "dashed" as const },
              label: { color: colours.dim, fontSize: 11 },
              data: marks,
            },
          },
          line(
            t("gates.power.fails"),
            colours.bad,
            curve.points.map((point) => point.fails),
          ),
        ],
      };
    },
    [curve, t, format],
  );
  return (
    <div style={{ minHeight: HEIGHT }}>
      <div className={styles.legend}>
        <span className={styles.passes}>{t("gates.power.passes")}</span>
        <span>{t("gates.power.fails")}</span>
      </div>
      <Suspense fallback={null}>
        <Chart
          label={t("gates.power.chart")}
          name={`power-${curve.metric}`}
          height={HEIGHT}
          option={option}
          columns={["n", "passes", "fails"]}
          rows={curve.points.map((point) => [point.n, point.passes, point.fails])}
        />
      </Suspense>
    </div>
  );
}
