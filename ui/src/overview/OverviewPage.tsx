import "./texts";
import { useQuery } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import { overviewQuery, sessionQuery } from "@/api/queries";
import type { Overview } from "@/api/types";
import { Page, Section } from "@/components/Page";
import { Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { RunsTable } from "@/runs/RunsTable";
import { VerdictList } from "@/verdicts/VerdictList";
import { EnvironmentColumn } from "./EnvironmentColumn";
import { FirstSteps } from "./FirstSteps";
import styles from "./Overview.module.css";
import { WaitingList } from "./WaitingList";

/** The first page: of those who only label, it is the queues. */
export function OverviewPage() {
  const role = useQuery(sessionQuery()).data?.principal.role;
  return role === "reviewer" ? <Navigate to="/reviews" replace /> : <WholeOverview />;
}

function WholeOverview() {
  const { t, format } = useWords();
  const query = useQuery(overviewQuery());
  const counts = query.data?.counts;
  const summary = counts && (
    <span className={`${styles.counts} dim num`}>
      {t("overview.counts", {
        traces: format.compact(counts.traces_24h),
        spans: format.compact(counts.spans_24h),
      })}
    </span>
  );
  return (
    <Page title={t("nav.overview")} actions={summary}>
      <Loaded query={query} rows={10}>
        {(overview) => <OverviewBody overview={overview} />}
      </Loaded>
    </Page>
  );
}

function OverviewBody({ overview }: { overview: Overview }) {
  const { t } = useWords();
  const { environments, waiting, counts, recent_runs: runs, recent_verdicts: verdicts } = overview;
  if (counts.releases === 0 && counts.runs === 0 && counts.traces_24h === 0) return <FirstSteps />;
  // An environment where nothing runs takes little room.
  const columns = environments
    .map((environment) => (environment.deployments.length > 0 ? "minmax(0, 1fr)" : "minmax(0, 188px)"))
    .join(" ");
  return (
    <div className={styles.body}>
      <div className={styles.environments} style={{ "--columns": columns } as React.CSSProperties}>
        {environments.map((environment) => (
          <EnvironmentColumn key={environment.name} environment={environment} />
        ))}
      </div>
      <div className={styles.lower}>
        <div>
          {waiting.length > 0 && (
            <Section title={t("overview.waiting")} flush>
              <WaitingList items={waiting} />
            </Section>
          )}
          <Section title={t("overview.verdicts")} flush>
            <VerdictList verdicts={verdicts} />
          </Section>
        </div>
        <Section
          title={t("overview.runs")}
          flush
          aside={
            <Link to="/runs" className="quiet-link">
              {t("overview.all_runs")}
            </Link>
          }
        >
          <RunsTable runs={runs.slice(0, 8)} brief />
        </Section>
      </div>
    </div>
  );
}
