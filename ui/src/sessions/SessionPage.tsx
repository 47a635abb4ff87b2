import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useMemo } from "react";
import { conversationQuery, turnsQuery } from "@/api/sessions";
import { CopyButton } from "@/components/Copy";
import { Icon } from "@/components/Icon";
import { Page } from "@/components/Page";
import { ErrorState, Loaded, SkeletonRows } from "@/components/States";
import { VirtualRows } from "@/components/VirtualRows";
import { useWords } from "@/i18n/useWords";
import { ActivityFacts, Fact } from "./ActivityFacts";
import styles from "./Sessions.module.css";
import { TurnView } from "./TurnView";
import { lengthOf, turnsOf } from "./turns";
import "./texts";

const EraseLink = lazy(() =>
  import("@/settings/erasure/EraseLink").then((module) => ({ default: module.EraseLink })),
);
const TracePanel = lazy(() =>
  import("@/traces/TracePanel").then((module) => ({ default: module.TracePanel })),
);

const TURN = 180;

export function SessionPage() {
  const { t, format } = useWords();
  const navigate = useNavigate({ from: "/sessions/$sessionId" });
  const { sessionId } = useParams({ from: "/sessions/$sessionId" });
  const { trace: openId, span } = useSearch({ from: "/sessions/$sessionId" });
  const activity = useQuery(conversationQuery(sessionId));
  const query = useInfiniteQuery(turnsQuery(sessionId));
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = query;
  // Traces are listed newest first, a conversation is read from its start: all of it is needed.
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage]);
  const whole = query.data !== undefined && !hasNextPage;
  const turns = useMemo(
    () => (whole ? turnsOf(query.data.pages.flatMap((page) => page.items)) : []),
    [query.data, whole],
  );
  const open = useCallback(
    (traceId: string) => void navigate({ search: { trace: traceId }, replace: openId !== undefined }),
    [navigate, openId],
  );

  return (
    <Page
      fill
      title={`${t("session.title")} ${sessionId}`}
      trail={<Link to="/sessions">{t("nav.sessions")}</Link>}
      heading={
        <>
          <h1 className="clip mono">{sessionId}</h1>
          <CopyButton text={sessionId} label={t("session.copy_id")} />
        </>
      }
      actions={
        <>
          <Suspense fallback={null}>
            <EraseLink search={{ session: sessionId }} />
          </Suspense>
          <Link className={styles.action} to="/traces" search={{ where: [`conversation=${sessionId}`] }}>
            <Icon name="traces" size={14} />
            {t("session.as_traces")}
          </Link>
        </>
      }
    >
      <Loaded query={activity} rows={12}>
        {(loaded) => (
          <>
            <ActivityFacts activity={loaded} user>
              <Fact name={t("session.turns")}>{format.integer(loaded.traces)}</Fact>
              {whole && <Fact name={t("session.lasted")}>{format.duration(lengthOf(turns))}</Fact>}
            </ActivityFacts>
            <div className={`${styles.body} ${styles.turns}`}>
              {isError ? (
                <ErrorState error={query.error} retry={() => void query.refetch()} />
              ) : !whole ? (
                <SkeletonRows rows={12} />
              ) : (
                <VirtualRows
                  rows={turns}
                  rowHeight={TURN}
                  measured
                  keyOf={(turn) => turn.trace.trace_id}
                  label={t("session.turns.label")}
                  selected={openId}
                  onSelect={(turn) => open(turn.trace.trace_id)}
                  render={(turn) => (
                    <TurnView turn={turn} open={turn.trace.trace_id === openId} onOpen={open} />
                  )}
                />
              )}
              {openId && (
                <Suspense fallback={null}>
                  <TracePanel
                    traceId={openId}
                    spanId={span}
                    onClose={() => void navigate({ search: {}, replace: true })}
                    onExpand={() =>
                      void navigate({ to: "/traces/$traceId", params: { traceId: openId }, search: { span } })
                    }
                    onSpan={(id) => void navigate({ search: { trace: openId, span: id }, replace: true })}
                  />
                </Suspense>
              )}
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}
