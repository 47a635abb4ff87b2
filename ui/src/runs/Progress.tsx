import type { RunSummary } from "@/api/types";
import { RunStateBadge } from "@/components/Marks";
import { useWords } from "@/i18n/useWords";
import styles from "./Runs.module.css";

/** The state of a run, and how far it is while it goes on. */
export function Progress({ run }: { run: RunSummary }) {
  const { t, format } = useWords();
  const share = run.items ? run.finished_items / samplesOf(run) : 0;
  return (
    <span className="row" data-tip={run.error ?? undefined}>
      <RunStateBadge state={run.state} />
      {run.state === "running" && (
        <>
          <span
            className={styles.bar}
            role="progressbar"
            aria-label={t("state.running")}
            aria-valuenow={Math.round(share * 100)}
            aria-valuemin={0}
            aria-valuemax={100}
          >
            <span style={{ width: `${share * 100}%` }} />
          </span>
          <span className="faint num">{format.percent(share, 0)}</span>
        </>
      )}
    </span>
  );
}

/** How many samples a run comes to: of each item as many as it is asked. */
export function samplesOf(run: RunSummary): number {
  return run.items * run.repeats;
}
