import "./texts";
import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo } from "react";
import { spansQuery, type TraceFilter } from "@/api/queries";
import type { SpanSummary } from "@/api/types";
import list from "@/components/ListRow.module.css";
import { Page } from "@/components/Page";
import { EmptyState, ErrorState, SkeletonRows } from "@/components/States";
import { VirtualRows } from "@/components/VirtualRows";
import { useWords } from "@/i18n/useWords";
import { FilterBar } from "@/traces/FilterBar";
import { LatencyStrip } from "@/traces/LatencyStrip";
import styles from "@/traces/Traces.module.css";
import { SpanListHead, SpanListRow } from "./SpanListRow";

const TracePanel = lazy(() =>
  import("@/traces/TracePanel").then((module) => ({ default: module.TracePanel })),
);
const SpanMenus = lazy(() => import("./SpanMenus").then((module) => ({ default: module.SpanMenus })));

const ROW = 32;

/** Spans of all traces: which calls were slow, dear or failed, whatever they were part of. */
export function SpansPage() {
  const { t } = useWords();
  const client = useQueryClient();
  const navigate = useNavigate({ from: "/spans" });
  const { trace: openId, span: spanId, ...filter } = useSearch({ from: "/spans" });
  const query = useInfiniteQuery({ ...spansQuery(filter), placeholderData: keepPreviousData });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const setFilter = useCallback(
    (next: TraceFilter) => void navigate({ search: { ...next, trace: openId, span: spanId }, replace: true }),
    [navigate, openId, spanId],
  );
  const peek = useCallback(
    ({ trace_id, span_id }: { trace_id: string; span_id?: string }) =>
      void navigate({
        search: (before) => ({ ...before, trace: trace_id, span: span_id }),
        replace: openId !== undefined,
      }),
    [navigate, openId],
  );

  return (
    <Page
      fill
      title={t("nav.spans")}
      actions={
        <Suspense fallback={null}>
          <SpanMenus filter={filter} />
        </Suspense>
      }
    >
      <FilterBar
        filter={filter}
        rows={rows}
        onChange={setFilter}
        check={(next) => client.fetchInfiniteQuery(spansQuery(next))}
        label="spans.filter"
      />
      {rows.length > 1 && (
        <LatencyStrip
          rows={rows}
          onRange={(from, to) => setFilter({ ...filter, since: undefined, from, to })}
          onOpen={peek}
          label="spans.strip"
          tip="spans.strip.tip"
        />
      )}
      <div className={styles.body} data-stale={query.isPlaceholderData || undefined}>
        {query.isError ? (
          <ErrorState error={query.error} retry={() => void query.refetch()} />
        ) : !query.data ? (
          <SkeletonRows rows={14} />
        ) : rows.length === 0 ? (
          <NoSpans filtered={Object.values(filter).some(Boolean)} onClear={() => setFilter({})} />
        ) : (
          <VirtualRows
            rows={rows}
            rowHeight={ROW}
            keyOf={keyOf}
            label={t("spans.label")}
            selected={openId && spanId ? openId + spanId : undefined}
            onSelect={peek}
            onEnd={onEnd}
            header={<SpanListHead />}
            render={(row) => (
              <SpanListRow
                span={row}
                open={row.trace_id === openId && row.span_id === spanId}
                onOpen={peek}
              />
            )}
            footer={
              <p className={`${list.end} faint num`}>
                {hasNextPage ? t("state.loading") : t("spans.end", { n: rows.length })}
              </p>
            }
          />
        )}
        {openId && (
          <Suspense fallback={null}>
            <TracePanel
              traceId={openId}
              spanId={spanId}
              onClose={() => void navigate({ search: filter, replace: true })}
              onExpand={() =>
                void navigate({
                  to: "/traces/$traceId",
                  params: { traceId: openId },
                  search: { span: spanId },
                })
              }
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

const keyOf = (row: SpanSummary) => row.trace_id + row.span_id;

function NoSpans({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useWords();
  if (!filtered) return <EmptyState icon="spans" title={t("spans.empty")} text={t("spans.empty.text")} />;
  return (
    <EmptyState icon="search" title={t("spans.none")} text={t("traces.none.text")}>
      <button type="button" className={styles.fresh} onClick={onClear}>
        {t("traces.clear")}
      </button>
    </EmptyState>
  );
}
