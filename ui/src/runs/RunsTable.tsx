import { Link } from "@tanstack/react-router";
import type { RunSummary } from "@/api/types";
import { DatasetName } from "@/components/DatasetName";
import { Scrolling } from "@/components/Scrolling";
import { EmptyState } from "@/components/States";
import table from "@/components/table.module.css";
import { When } from "@/components/Value";
import { useWords } from "@/i18n/useWords";
import { MetricCells } from "./MetricCells";
import { orderMetrics } from "./metrics";
import { Progress } from "./Progress";
import styles from "./Runs.module.css";

interface RunsTableProps {
  runs: RunSummary[];
  /** Fewer columns, for a place beside other things. */
  brief?: boolean;
  chosen?: string[];
  onChoose?: (id: string) => void;
}

const BRIEF_METRICS = 2;
const FULL_METRICS = 8;

export function RunsTable({ runs, brief, chosen, onChoose }: RunsTableProps) {
  const { t, format } = useWords();
  if (runs.length === 0) {
    return (
      <EmptyState
        icon="runs"
        title={t("runs.empty")}
        text={t("runs.empty.text")}
        command="windlass eval release/NAME@latest --dataset dataset/NAME@latest"
      />
    );
  }
  const measured = runs.flatMap((run) => Object.keys(run.metrics).filter((name) => run.metrics[name]?.n));
  const metrics = orderMetrics(measured).slice(0, brief ? BRIEF_METRICS : FULL_METRICS);
  return (
    <Scrolling label={t("nav.runs")}>
      <table className={table.table}>
        <thead>
          <tr>
            {onChoose && (
              <th scope="col">
                <span className="visually-hidden">{t("runs.choose")}</span>
              </th>
            )}
            <th scope="col">{t("runs.release")}</th>
            {!brief && <th scope="col">{t("runs.dataset")}</th>}
            <th scope="col">{t("runs.state")}</th>
            {!brief && (
              <th scope="col" className={table.right}>
                {t("runs.items")}
              </th>
            )}
            <th scope="col" className={table.right}>
              {t("runs.started")}
            </th>
            {metrics.map((metric) => (
              <th scope="col" key={metric} className={table.right}>
                {metric}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id} data-chosen={chosen?.includes(run.id) || undefined} className={styles.row}>
              {onChoose && (
                <td className={styles.check}>
                  <input
                    type="checkbox"
                    checked={chosen?.includes(run.id) ?? false}
                    onChange={() => onChoose(run.id)}
                    aria-label={t("runs.choose.one", { run: run.id })}
                    disabled={run.finished_items === 0}
                  />
                </td>
              )}
              <td>
                <Link className="quiet-link" to="/runs/$runId" params={{ runId: run.id }}>
                  {run.release.name}
                  <span className="faint num">@{run.release.number}</span>
                </Link>
              </td>
              {!brief && (
                <td>
                  <DatasetName name={run.dataset.name} number={run.dataset.number} />
                </td>
              )}
              <td>
                <Progress run={run} />
              </td>
              {!brief && (
                <td className={`${table.right} num`}>
                  {format.integer(run.items)}
                  {run.repeats > 1 && <span className="faint"> × {format.integer(run.repeats)}</span>}
                  {run.failed_items > 0 && (
                    <span className={styles.failed}> {t("runs.failed_items", { n: run.failed_items })}</span>
                  )}
                </td>
              )}
              <td className={`${table.right} dim`}>
                <When time={run.started ?? run.created} />
              </td>
              <MetricCells run={run} metrics={metrics} />
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}
