import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useRef, useState } from "react";
import type { DashboardChart, Range } from "@/api/charts";
import { downloadCsv } from "@/components/download";
import { Icon } from "@/components/Icon";
import { Delayed, ErrorState } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import type { CardActions, View } from "./CardMenu";
import { CHART_HEIGHT, ChartBody } from "./ChartBody";
import styles from "./ChartCard.module.css";
import { ChartTable } from "./ChartTable";
import { CSV_COLUMNS, csvRows, type Line } from "./lines";
import { tracesBehind } from "./links";
import { narrowed, titleOf } from "./measures";
import { clip } from "./period";
import { SeriesList } from "./SeriesList";
import { Summary } from "./Summary";
import type { TimeChartHandle } from "./TimeChart";
import { type Measured, useMeasured } from "./useMeasured";

const CardMenu = lazy(() => import("./CardMenu").then((module) => ({ default: module.CardMenu })));
const Code = lazy(() => import("@/components/Code").then((module) => ({ default: module.Code })));

interface Props {
  item: DashboardChart;
  range: Range;
  environment?: string;
  release?: string;
  onZoom?: (range: Range) => void;
  /** What may be done with the chart in its place; without it, it is only looked at. */
  actions?: CardActions;
}

/** One chart with its total, its series and its menu. */
export function ChartCard({ item: saved, range, environment, release, onZoom, actions }: Props) {
  const words = useWords();
  const item = useMemo(
    () => ({ ...saved, chart: narrowed(saved.chart, environment, release) }),
    [saved, environment, release],
  );
  const { measured, error, stale, retry } = useMeasured(item, range);
  const [view, setView] = useState<View>("chart");
  const drawing = useRef<TimeChartHandle>(null);
  const title = titleOf(item, words);
  const file = title.replaceAll(/[^\p{L}\p{N}]+/gu, "-");
  return (
    <article className={styles.card} data-wide={item.wide || undefined} data-stale={stale || undefined}>
      <header className={styles.head}>
        <h2 className="clip">{title}</h2>
        <Suspense fallback={<MenuToCome />}>
          <CardMenu
            name={title}
            view={view}
            onView={setView}
            onPng={measured && view === "chart" ? () => drawing.current?.savePng(file) : undefined}
            onCsv={
              measured &&
              (() => downloadCsv(`${file}.csv`, CSV_COLUMNS, csvRows(measured.lines, measured.starts)))
            }
            actions={actions}
          />
        </Suspense>
      </header>
      {measured ? (
        <>
          {error && (
            <p className={styles.old} role="alert">
              {words.t("dash.old")}
            </p>
          )}
          <Summary item={item} measured={measured} />
          {view === "spec" ? (
            <Suspense fallback={null}>
              <Code text={JSON.stringify(saved, null, 2)} language="json" label={title} />
            </Suspense>
          ) : measured.lines.length === 0 ? (
            <p className={`${styles.quiet} faint`} style={{ minHeight: CHART_HEIGHT }}>
              {words.t("dash.quiet")}
            </p>
          ) : view === "table" ? (
            <ChartTable item={item} measured={measured} />
          ) : (
            <Drawing item={item} measured={measured} onZoom={onZoom} ref={drawing} />
          )}
          {item.chart.by && measured.lines.length > 0 && (
            <SeriesList item={item} lines={measured.lines} range={measured.range} />
          )}
        </>
      ) : error ? (
        <ErrorState error={error} retry={retry} />
      ) : (
        <div className={styles.loading} role="status" aria-label={words.t("state.loading")}>
          <Delayed>
            <span />
          </Delayed>
        </div>
      )}
    </article>
  );
}

/** Holds the place of the menu, which comes after the first load. */
function MenuToCome() {
  return (
    <span className={styles.menu} aria-hidden="true">
      <Icon name="more" />
    </span>
  );
}

interface DrawingProps {
  item: DashboardChart;
  measured: Measured;
  onZoom?: (range: Range) => void;
  ref: React.Ref<TimeChartHandle>;
}

function Drawing({ item, measured, onZoom, ref }: DrawingProps) {
  const navigate = useNavigate();
  const { starts, lines, data, range } = measured;
  const startAt = (at: number) => starts[Math.min(Math.max(at, 0), starts.length - 1)] ?? 0;
  const pick = (at: number, line: Line | undefined) => {
    const keys = lines.filter((each) => !each.beside).map((each) => each.key);
    const within = clip(startAt(at), data.interval_s, range);
    // Where no series was hit, all of them are meant.
    const chart = line ? item.chart : { ...item.chart, by: "" as const };
    const search = tracesBehind(chart, line?.measure ?? item.chart.measure, line?.key ?? "", keys, within);
    void navigate({ to: "/traces", search });
  };
  const zoom = (from: number, to: number) =>
    onZoom?.({
      from: clip(startAt(from), data.interval_s, range).from,
      to: clip(startAt(to), data.interval_s, range).to,
    });
  return <ChartBody item={item} measured={measured} onPick={pick} onZoom={onZoom && zoom} ref={ref} />;
}
