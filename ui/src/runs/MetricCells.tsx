import type { RunSummary } from "@/api/types";
import { MeanWithInterval } from "@/components/Interval";
import table from "@/components/table.module.css";
import { Missing } from "@/components/Value";
import { useWords } from "@/i18n/useWords";

/** One cell for each metric of a run, in a row of a table of runs. */
export function MetricCells({ run, metrics }: { run: Pick<RunSummary, "metrics">; metrics: string[] }) {
  const { t } = useWords();
  return metrics.map((metric) => {
    const summary = run.metrics[metric];
    return (
      <td key={metric} className={table.right}>
        {summary ? (
          <MeanWithInterval metric={metric} {...summary} />
        ) : (
          <Missing reason={t("missing.not_measured")} />
        )}
      </td>
    );
  });
}
