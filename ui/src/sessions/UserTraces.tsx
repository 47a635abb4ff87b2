import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo } from "react";
import { tracesQuery } from "@/api/queries";
import { useReleaseIndex } from "@/api/releases";
import list from "@/components/ListRow.module.css";
import { ErrorState, SkeletonRows } from "@/components/States";
import { VirtualRows } from "@/components/VirtualRows";
import { useWords } from "@/i18n/useWords";
import { TraceHead, TraceRow } from "@/traces/TraceRow";

const TracePanel = lazy(() =>
  import("@/traces/TracePanel").then((module) => ({ default: module.TracePanel })),
);

const ROW = 32;

interface Props {
  userId: string;
  openId?: string;
  spanId?: string;
  onOpen: (traceId?: string, spanId?: string) => void;
}

export function UserTraces({ userId, openId, spanId, onOpen }: Props) {
  const { t } = useWords();
  const navigate = useNavigate();
  const query = useInfiniteQuery(tracesQuery({ where: [`user=${userId}`] }));
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const releases = useReleaseIndex();
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <SkeletonRows rows={14} />;
  return (
    <>
      <VirtualRows
        rows={rows}
        rowHeight={ROW}
        keyOf={(row) => row.trace_id}
        label={t("traces.label")}
        selected={openId}
        onSelect={(row) => onOpen(row.trace_id)}
        onEnd={onEnd}
        header={<TraceHead />}
        render={(row) => (
          <TraceRow
            trace={row}
            number={releases.get(row.release)?.number}
            open={row.trace_id === openId}
            onOpen={(trace) => onOpen(trace.trace_id)}
          />
        )}
        footer={
          <p className={`${list.end} faint num`}>
            {hasNextPage ? t("state.loading") : t("traces.end", { n: rows.length })}
          </p>
        }
      />
      {openId && (
        <Suspense fallback={null}>
          <TracePanel
            traceId={openId}
            spanId={spanId}
            onClose={() => onOpen()}
            onExpand={() =>
              void navigate({
                to: "/traces/$traceId",
                params: { traceId: openId },
                search: { span: spanId },
              })
            }
            onSpan={(id) => onOpen(openId, id)}
          />
        </Suspense>
      )}
    </>
  );
}
