import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import { type ReactNode, useCallback, useMemo } from "react";
import type { Activity } from "@/api/types";
import list from "@/components/ListRow.module.css";
import { ErrorState, SkeletonRows } from "@/components/States";
import { VirtualRows } from "@/components/VirtualRows";
import { useWords } from "@/i18n/useWords";
import { ActivityHead, type ActivityKind, ActivityRow } from "./ActivityRow";

const ROW = 32;

interface ActivityPage {
  items: Activity[];
}

interface Props {
  kind: ActivityKind;
  query: UseInfiniteQueryResult<{ pages: ActivityPage[] }>;
  /** What stands there instead of no rows. */
  empty: ReactNode;
}

/** Sessions or users, the most recently active first; the next page loads as the end comes near. */
export function ActivityList({ kind, query, empty }: Props) {
  const { t } = useWords();
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <SkeletonRows rows={14} />;
  if (rows.length === 0) return empty;
  const end = kind === "session" ? "sessions.end" : "users.end";
  return (
    <VirtualRows
      rows={rows}
      rowHeight={ROW}
      keyOf={(row) => row.id}
      label={t(kind === "session" ? "sessions.label" : "users.label")}
      onEnd={onEnd}
      header={<ActivityHead kind={kind} />}
      render={(row) => <ActivityRow kind={kind} activity={row} />}
      footer={
        <p className={`${list.end} faint num`}>
          {hasNextPage ? t("state.loading") : t(end, { n: rows.length })}
        </p>
      }
    />
  );
}
