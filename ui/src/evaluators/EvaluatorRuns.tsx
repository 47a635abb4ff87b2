import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { runsWithQuery } from "@/api/evaluators";
import type { MetricSummary, RunSummary } from "@/api/types";
import { DatasetName } from "@/components/DatasetName";
import { MeanWithInterval } from "@/components/Interval";
import { Scrolling } from "@/components/Scrolling";
import { EmptyState, Loaded } from "@/components/States";
import table from "@/components/table.module.css";
import { Missing, When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { Progress } from "@/runs/Progress";
import { reasonsLine } from "@/runs/reasons";
import styles from "./Evaluators.module.css";

/** The runs that used it: what it said, and of how many samples it could say anything. */
export function EvaluatorRuns({ name }: { name: string }) {
  const { t } = useWords();
  const query = useInfiniteQuery(runsWithQuery(name));
  return (
    <Loaded query={query}>
      {({ pages }) => {
        const runs = pages.flatMap((page) => page.items);
        if (runs.length === 0) {
          return (
            <EmptyState
              icon="runs"
              title={t("evaluator.runs.empty")}
              text={t("evaluator.runs.empty.text")}
              command={`windlass eval release/NAME@latest --dataset dataset/NAME@latest --evaluator ${name}`}
            />
          );
        }
        return (
          <div className={styles.part}>
            <RunList name={name} runs={runs} />
            {query.hasNextPage && (
              <div className={styles.more}>
                <Button
                  variant="default"
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  {t("action.more")}
                </Button>
              </div>
            )}
          </div>
        );
      }}
    </Loaded>
  );
}

function RunList({ name, runs }: { name: string; runs: RunSummary[] }) {
  const { t } = useWords();
  return (
    <Scrolling label={t("nav.runs")}>
      <table className={`${table.table} ${table.cards}`}>
        <thead>
          <tr>
            <th scope="col">{t("runs.release")}</th>
            <th scope="col">{t("runs.dataset")}</th>
            <th scope="col">{t("runs.state")}</th>
            <th scope="col" className={table.right}>
              {name}
            </th>
            <th scope="col" className={table.right}>
              {t("evaluator.coverage")}
            </th>
            <th scope="col" className={table.right}>
              {t("runs.started")}
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => {
            const summary = run.metrics[name];
            return (
              <tr key={run.id} className={table.rowLink}>
                <td>
                  <Link className="quiet-link" to="/runs/$runId" params={{ runId: run.id }}>
                    {run.release.name}
                    <span className="faint num">@{run.release.number}</span>
                  </Link>
                </td>
                <td data-label={t("runs.dataset")}>
                  <DatasetName name={run.dataset.name} number={run.dataset.number} />
                </td>
                <td data-label={t("runs.state")}>
                  <Progress run={run} />
                </td>
                <td className={table.right} data-label={name}>
                  {summary ? (
                    <MeanWithInterval metric={name} {...summary} />
                  ) : (
                    <Missing reason={t("missing.not_measured")} />
                  )}
                </td>
                <td className={table.right} data-label={t("evaluator.coverage")}>
                  {summary ? <Coverage summary={summary} /> : <Missing reason={t("missing.not_measured")} />}
                </td>
                <td className={`${table.right} dim`} data-label={t("runs.started")}>
                  <When time={run.started ?? run.created} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scrolling>
  );
}

/** The share of samples with a value, and why the others have none. */
function Coverage({ summary }: { summary: MetricSummary }) {
  const words = useWords();
  const { t, format } = words;
  const all = summary.n + summary.missing;
  const why = reasonsLine(words, summary.missing_why ?? {});
  const tip = [t("evaluator.coverage.tip", { n: summary.n, total: all }), why].filter(Boolean).join("\n");
  return (
    <span className="num" data-tip={tip}>
      {all ? format.percent(summary.n / all, summary.missing ? 1 : 0) : "–"}
      {why && <span className={styles.why}> {why}</span>}
    </span>
  );
}
