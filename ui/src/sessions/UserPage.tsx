import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { sessionsQuery, userQuery } from "@/api/sessions";
import { CopyButton } from "@/components/Copy";
import { Page } from "@/components/Page";
import { EmptyState, Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { EraseLink } from "@/settings/erasure/EraseLink";
import { ActivityFacts, Fact } from "./ActivityFacts";
import { ActivityList } from "./ActivityList";
import styles from "./Sessions.module.css";
import { UserTraces } from "./UserTraces";
import "./texts";

const TABS = ["sessions", "traces"] as const;

export function UserPage() {
  const { t, format } = useWords();
  const navigate = useNavigate({ from: "/users/$userId" });
  const { userId } = useParams({ from: "/users/$userId" });
  const search = useSearch({ from: "/users/$userId" });
  const tab = TABS.find((candidate) => candidate === search.tab) ?? "sessions";
  const activity = useQuery(userQuery(userId));
  return (
    <Page
      fill
      title={`${t("user.title")} ${userId}`}
      trail={<Link to="/users">{t("nav.users")}</Link>}
      heading={
        <>
          <h1 className="clip">{userId}</h1>
          <CopyButton text={userId} label={t("user.copy_id")} />
        </>
      }
      actions={<EraseLink search={{ user: userId }} />}
    >
      <Loaded query={activity} rows={12}>
        {(loaded) => (
          <>
            <ActivityFacts activity={loaded}>
              <Fact name={t("nav.sessions")}>{format.integer(loaded.sessions)}</Fact>
              <Fact name={t("nav.traces")}>{format.integer(loaded.traces)}</Fact>
            </ActivityFacts>
            <nav className={styles.tabs} aria-label={t("user.parts")}>
              {TABS.map((candidate) => (
                <Link
                  key={candidate}
                  from="/users/$userId"
                  search={{ tab: candidate === "sessions" ? undefined : candidate }}
                  replace
                  className={styles.tab}
                  activeProps={{}}
                  data-active={candidate === tab || undefined}
                  aria-current={candidate === tab ? "page" : undefined}
                >
                  {t(`nav.${candidate}`)}
                </Link>
              ))}
            </nav>
            <div className={styles.body}>
              {tab === "sessions" ? (
                <UserSessions userId={userId} />
              ) : (
                <UserTraces
                  userId={userId}
                  openId={search.trace}
                  spanId={search.span}
                  onOpen={(trace, span) => void navigate({ search: { tab, trace, span }, replace: true })}
                />
              )}
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function UserSessions({ userId }: { userId: string }) {
  const { t } = useWords();
  const query = useInfiniteQuery(sessionsQuery({ user: userId }));
  return (
    <ActivityList
      kind="session"
      query={query}
      empty={<EmptyState icon="sessions" title={t("user.sessions.none")} text={t("sessions.empty.text")} />}
    />
  );
}
