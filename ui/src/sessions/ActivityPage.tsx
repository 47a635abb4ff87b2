import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import type { TraceFilter } from "@/api/queries";
import { sessionsQuery, usersQuery } from "@/api/sessions";
import { Page } from "@/components/Page";
import { EmptyState } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { FilterBar } from "@/traces/FilterBar";
import { ActivityList } from "./ActivityList";
import { SincePicker } from "./SincePicker";
import "./texts";

const ViewsMenu = lazy(() =>
  import("@/components/ViewsMenu").then((module) => ({ default: module.ViewsMenu })),
);

const PAGES = {
  sessions: { kind: "session", icon: "sessions", query: sessionsQuery },
  users: { kind: "user", icon: "user", query: usersQuery },
} as const;

interface Props {
  page: keyof typeof PAGES;
  filter: TraceFilter;
  onFilter: (next: TraceFilter) => void;
}

/** Sessions or users with a trace that the filter means, the most recently active first. */
export function ActivityPage({ page, filter, onFilter }: Props) {
  const { t } = useWords();
  const client = useQueryClient();
  const { kind, icon, query: queryOf } = PAGES[page];
  const query = useInfiniteQuery({ ...queryOf(filter), placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap((each) => each.items) ?? [], [query.data]);
  return (
    <Page
      fill
      title={t(`nav.${page}`)}
      actions={
        <>
          <SincePicker
            since={filter.since}
            onChange={(since) => onFilter({ ...filter, since, from: undefined, to: undefined })}
          />
          <Suspense fallback={null}>
            <ViewsMenu page={page} search={filter} />
          </Suspense>
        </>
      }
    >
      <FilterBar
        filter={filter}
        rows={rows}
        onChange={onFilter}
        check={(next) => client.fetchInfiniteQuery(queryOf(next))}
        label={`${page}.filter`}
      />
      <ActivityList
        kind={kind}
        query={query}
        empty={
          Object.values(filter).some(Boolean) ? (
            <EmptyState icon="search" title={t(`${page}.none`)} text={t("sessions.none.text")} />
          ) : (
            <EmptyState icon={icon} title={t(`${page}.empty`)} text={t(`${page}.empty.text`)} />
          )
        }
      />
    </Page>
  );
}
