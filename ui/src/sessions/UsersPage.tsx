import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { usersQuery } from "@/api/sessions";
import { Page } from "@/components/Page";
import { EmptyState } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { ActivityList } from "./ActivityList";
import { SincePicker } from "./SincePicker";
import "./texts";

const ViewsMenu = lazy(() =>
  import("@/components/ViewsMenu").then((module) => ({ default: module.ViewsMenu })),
);

export function UsersPage() {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/users" });
  const { since } = useSearch({ from: "/users" });
  const query = useInfiniteQuery({ ...usersQuery({ since }), placeholderData: keepPreviousData });
  return (
    <Page
      fill
      title={t("nav.users")}
      actions={
        <>
          <SincePicker
            since={since}
            onChange={(next) => void navigate({ search: { since: next }, replace: true })}
          />
          <Suspense fallback={null}>
            <ViewsMenu page="users" search={{ since }} />
          </Suspense>
        </>
      }
    >
      <ActivityList
        kind="user"
        query={query}
        empty={
          since ? (
            <EmptyState icon="search" title={t("users.none")} text={t("sessions.none.text")} />
          ) : (
            <EmptyState icon="user" title={t("users.empty")} text={t("users.empty.text")} />
          )
        }
      />
    </Page>
  );
}
