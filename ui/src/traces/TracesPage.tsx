import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo } from "react";
import { newTracesQuery, type TraceFilter, tracesQuery } from "@/api/queries";
import { useReleaseIndex } from "@/api/releases";
import type { TraceSummary } from "@/api/types";
import list from "@/components/ListRow.module.css";
import { Page } from "@/components/Page";
import { EmptyState, ErrorState, SkeletonRows } from "@/components/States";
import { VirtualRows } from "@/components/VirtualRows";
import { useWords } from "@/i18n/useWords";
import { FilterBar } from "./FilterBar";
import { TraceHead, TraceRow } from "./TraceRow";
import styles from "./Traces.module.css";

const LatencyStrip = lazy(() =>
  import("./LatencyStrip").then((module) => ({ default: module.LatencyStrip })),
);
const TracePanel = lazy(() => import("./TracePanel").then((module) => ({ default: module.TracePanel })));

const ListMenus = lazy(() => import("./ListMenus").then((module) => ({ default: module.ListMenus })));

const ROW = 32;

export function TracesPage() {
  const { t } = useWords();
  const client = useQueryClient();
  const navigate = useNavigate({ from: "/traces" });
  const { trace: openId, span, ...filter } = useSearch({ from: "/traces" });
  const query = useInfiniteQuery({ ...tracesQuery(filter), placeholderData: keepPreviousData });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const releases = useReleaseIndex();
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const setFilter = useCallback(
    (next: TraceFilter) => void navigate({ search: { ...next, trace: openId }, replace: true }),
    [navigate, openId],
  );
  const peek = (row: Pick<TraceSummary, "trace_id">) =>
    void navigate({ search: { ...filter, trace: row.trace_id }, replace: openId !== undefined });
  const close = () => void navigate({ search: filter, replace: true });
  const expand = () =>
    void navigate({ to: "/traces/$traceId", params: { traceId: openId ?? "" }, search: { span } });
  const filtered = Object.values(filter).some(Boolean);

  return (
    <Page
      fill
      title={t("nav.traces")}
      actions={
        <>
          <NewTraces filter={filter} rows={rows} />
          <Suspense fallback={null}>
            <ListMenus filter={filter} />
          </Suspense>
        </>
      }
    >
      <FilterBar
        filter={filter}
        rows={rows}
        onChange={setFilter}
        check={(next) => client.fetchInfiniteQuery(tracesQuery(next))}
      />
      {rows.length > 1 && (
        <Suspense fallback={<div className={styles.strip} />}>
          <LatencyStrip
            rows={rows}
            onRange={(from, to) => setFilter({ ...filter, since: undefined, from, to })}
            onOpen={peek}
          />
        </Suspense>
      )}
      <div className={styles.body} data-stale={query.isPlaceholderData || undefined}>
        {query.isError ? (
          <ErrorState error={query.error} retry={() => void query.refetch()} />
        ) : !query.data ? (
          <SkeletonRows rows={14} />
        ) : rows.length === 0 ? (
          <NoTraces filtered={filtered} onClear={() => setFilter({})} />
        ) : (
          <VirtualRows
            rows={rows}
            rowHeight={ROW}
            keyOf={(row) => row.trace_id}
            label={t("traces.label")}
            selected={openId}
            onSelect={peek}
            onEnd={onEnd}
            header={<TraceHead />}
            render={(row) => (
              <TraceRow
                trace={row}
                number={releases.get(row.release)?.number}
                open={row.trace_id === openId}
                onOpen={peek}
                openId={openId}
              />
            )}
            footer={
              <p className={`${list.end} faint num`}>
                {isFetchingNextPage || hasNextPage ? t("state.loading") : t("traces.end", { n: rows.length })}
              </p>
            }
          />
        )}
        {openId && (
          <Suspense fallback={null}>
            <TracePanel
              traceId={openId}
              spanId={span}
              onClose={close}
              onExpand={expand}
              onSpan={(id) =>
                void navigate({ search: { ...filter, trace: openId, span: id }, replace: true })
              }
            />
          </Suspense>
        )}
      </div>
    </Page>
  );
}

/** Says that newer traces exist, and loads them on demand: rows never move under the reader's eyes. */
function NewTraces({ filter, rows }: { filter: TraceFilter; rows: TraceSummary[] }) {
  const { t } = useWords();
  const client = useQueryClient();
  const latest = useQuery({ ...newTracesQuery(filter), enabled: rows.length > 0 && !filter.to });
  const known = rows[0]?.start_time ?? "";
  const fresh = latest.data?.items.filter((row) => row.start_time > known).length ?? 0;
  if (fresh === 0) return null;
  return (
    <button
      type="button"
      className={styles.fresh}
      onClick={() => void client.resetQueries({ queryKey: ["traces", filter] })}
    >
      {t("traces.fresh", { n: fresh })}
    </button>
  );
}

function NoTraces({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useWords();
  if (filtered) {
    return (
      <EmptyState icon="search" title={t("traces.none")} text={t("traces.none.text")}>
        <button type="button" className={styles.fresh} onClick={onClear}>
          {t("traces.clear")}
        </button>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="traces"
      title={t("traces.empty")}
      text={t("traces.empty.text")}
      command={`OTEL_EXPORTER_OTLP_ENDPOINT=${window.location.origin} python app.py`}
    />
  );
}
