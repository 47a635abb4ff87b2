import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { sessionsQuery } from "@/api/sessions";
import { Page } from "@/components/Page";
import { EmptyState } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { ActivityList } from "./ActivityList";
import { SincePicker } from "./SincePicker";
import "./texts";

const ViewsMenu = lazy(() =>
  import("@/components/ViewsMenu").then((module) => ({ default: module.ViewsMenu })),
);

export function SessionsPage() {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/sessions" });
  const { since } = useSearch({ from: "/sessions" });
  const query = useInfiniteQuery({ ...sessionsQuery({ since }), placeholderData: keepPreviousData });
  return (
    <Page
      fill
      title={t("nav.sessions")}
      actions={
        <>
          <SincePicker
            since={since}
            onChange={(next) => void navigate({ search: { since: next }, replace: true })}
          />
          <Suspense fallback={null}>
            <ViewsMenu page="sessions" search={{ since }} />
          </Suspense>
        </>
      }
    >
      <ActivityList
        kind="session"
        query={query}
        empty={
          since ? (
            <EmptyState icon="search" title={t("sessions.none")} text={t("sessions.none.text")} />
          ) : (
            <EmptyState icon="sessions" title={t("sessions.empty")} text={t("sessions.empty.text")} />
          )
        }
      />
    </Page>
  );
}
