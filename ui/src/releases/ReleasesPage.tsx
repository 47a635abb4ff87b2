import { useInfiniteQuery, useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { artifactQuery, artifactsQuery, runsQuery, verdictsQuery } from "@/api/queries";
import { useRunningIn } from "@/api/releases";
import type { Artifact, RunSummary, Verdict } from "@/api/types";
import { Digest } from "@/components/Copy";
import { MeanWithInterval } from "@/components/Interval";
import { OutcomeBadge } from "@/components/Marks";
import { Page, Section } from "@/components/Page";
import { Scrolling } from "@/components/Scrolling";
import { EmptyState, Loaded } from "@/components/States";
import { LabelTag, RunningTag } from "@/components/Tags";
import table from "@/components/table.module.css";
import { Missing, When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { orderMetrics } from "@/runs/metrics";
import styles from "./Releases.module.css";

const METRICS = 3;

export function ReleasesPage() {
  const { t } = useWords();
  const query = useQuery(artifactsQuery("release"));
  return (
    <Page title={t("nav.releases")}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              icon="releases"
              title={t("releases.empty")}
              text={t("releases.empty.text")}
              command="windlass push release.yaml"
            />
          ) : (
            <ReleaseGroups names={items.map((item) => item.name)} />
          )
        }
      </Loaded>
    </Page>
  );
}

function ReleaseGroups({ names }: { names: string[] }) {
  const artifacts = useQueries({ queries: names.map((name) => artifactQuery("release", name)) });
  const runs = useInfiniteQuery(runsQuery()).data?.pages.flatMap((page) => page.items) ?? [];
  const verdicts = useQuery(verdictsQuery()).data?.items ?? [];
  return (
    <div className={styles.page}>
      {artifacts.map((artifact, index) => (
        <Loaded key={names[index]} query={artifact} rows={3}>
          {(loaded) => <ReleaseGroup artifact={loaded} runs={runs} verdicts={verdicts} />}
        </Loaded>
      ))}
    </div>
  );
}

interface GroupProps {
  artifact: Artifact;
  runs: RunSummary[];
  verdicts: Verdict[];
}

/** All versions of one release: where each runs and what it was measured at. */
function ReleaseGroup({ artifact, runs, verdicts }: GroupProps) {
  const { t } = useWords();
  const runningIn = useRunningIn();
  const newestRun = (digest: string) =>
    runs.find((run) => run.release.digest === digest && run.state === "finished");
  const metrics = orderMetrics(
    artifact.versions.flatMap(({ digest }) => Object.keys(newestRun(digest)?.metrics ?? {})),
  ).slice(0, METRICS);
  return (
    <Section title={artifact.name} aside={t("releases.versions", { n: artifact.versions.length })} flush>
      <Scrolling label={artifact.name}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{t("releases.version")}</th>
              <th scope="col">{t("releases.message")}</th>
              <th scope="col">{t("releases.verdict")}</th>
              {metrics.map((metric) => (
                <th scope="col" key={metric} className={table.right}>
                  {metric}
                </th>
              ))}
              <th scope="col">{t("releases.by")}</th>
              <th scope="col" className={table.right}>
                {t("releases.created")}
              </th>
            </tr>
          </thead>
          <tbody>
            {artifact.versions.map((version) => {
              const run = newestRun(version.digest);
              const verdict = verdicts.find((candidate) => candidate.candidate.digest === version.digest);
              const labels = Object.entries(artifact.labels).filter(
                ([, digest]) => digest === version.digest,
              );
              return (
                <tr key={version.digest}>
                  <td>
                    <span className="row">
                      <Link
                        className="quiet-link num"
                        to="/releases/$name/$ref"
                        params={{ name: artifact.name, ref: String(version.number) }}
                        aria-label={`${artifact.name}@${version.number}`}
                      >
                        <b className={styles.number}>@{version.number}</b>
                      </Link>
                      <Digest value={version.digest} />
                      {runningIn.get(version.digest)?.map((environment) => (
                        <RunningTag key={environment} environment={environment} />
                      ))}
                      {labels.map(([label]) => (
                        <LabelTag key={label} label={label} />
                      ))}
                    </span>
                  </td>
                  <td className={table.wide}>
                    {version.message || <span className="faint">{t("releases.no_message")}</span>}
                  </td>
                  <td>
                    {verdict ? (
                      <Link
                        to="/verdicts/$verdictId"
                        params={{ verdictId: verdict.id }}
                        data-tip={verdict.sentence}
                      >
                        <OutcomeBadge outcome={verdict.outcome} />
                      </Link>
                    ) : (
                      <Missing reason={t("missing.verdict")} />
                    )}
                  </td>
                  {metrics.map((metric) => {
                    const summary = run?.metrics[metric];
                    return (
                      <td key={metric} className={table.right}>
                        {summary ? (
                          <MeanWithInterval metric={metric} {...summary} />
                        ) : (
                          <Missing reason={t("missing.not_measured")} />
                        )}
                      </td>
                    );
                  })}
                  <td className="dim">{version.author}</td>
                  <td className={`${table.right} dim`}>
                    <When time={version.created} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scrolling>
    </Section>
  );
}
