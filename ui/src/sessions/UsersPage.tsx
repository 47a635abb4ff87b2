import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import type { TraceFilter } from "@/api/queries";
import { usersQuery } from "@/api/sessions";
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

export function UsersPage() {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/users" });
  const client = useQueryClient();
  const { trace: _trace, span: _span, ...filter } = useSearch({ from: "/users" });
  const query = useInfiniteQuery({ ...usersQuery(filter), placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const setFilter = (next: TraceFilter) => void navigate({ search: next, replace: true });
  return (
    <Page
      fill
      title={t("nav.users")}
      actions={
        <>
          <SincePicker
            since={filter.since}
            onChange={(since) => setFilter({ ...filter, since, from: undefined, to: undefined })}
          />
          <Suspense fallback={null}>
            <ViewsMenu page="users" search={filter} />
          </Suspense>
        </>
      }
    >
      <FilterBar
        filter={filter}
        rows={rows}
        onChange={setFilter}
        check={(next) => client.fetchInfiniteQuery(usersQuery(next))}
        label="users.filter"
      />
      <ActivityList
        kind="user"
        query={query}
        empty={
          Object.values(filter).some(Boolean) ? (
            <EmptyState icon="search" title={t("users.none")} text={t("sessions.none.text")} />
          ) : (
            <EmptyState icon="user" title={t("users.empty")} text={t("users.empty.text")} />
          )
        }
      />
    </Page>
  );
}
