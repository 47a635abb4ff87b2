import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { runsQuery } from "@/api/queries";
import type { RunSummary } from "@/api/types";
import { Icon } from "@/components/Icon";
import { Page } from "@/components/Page";
import { ErrorState, SkeletonRows } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import styles from "./Runs.module.css";
import { RunsTable } from "./RunsTable";

/** The older of the two is the baseline. */
export function comparisonOf(runs: RunSummary[], chosen: string[]) {
  const [baseline, candidate] = runs
    .filter((run) => chosen.includes(run.id))
    .sort((a, b) => a.created.localeCompare(b.created));
  return baseline && candidate ? { baseline: baseline.id, candidate: candidate.id } : null;
}

export function RunsPage() {
  const { t } = useWords();
  const navigate = useNavigate();
  const query = useInfiniteQuery(runsQuery());
  const [chosen, setChosen] = useState<string[]>([]);
  const runs = query.data?.pages.flatMap((page) => page.items) ?? [];
  const pair = chosen.length === 2 ? comparisonOf(runs, chosen) : null;
  const choose = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  // Two are compared sample by sample, more by what they cost.
  const compare = () =>
    void (pair
      ? navigate({ to: "/runs/compare", search: pair })
      : navigate({ to: "/runs/frontier", search: { run: chosen } }));
  return (
    <Page
      title={t("nav.runs")}
      actions={
        runs.length > 1 && (
          <>
            <span className={`${styles.advice} faint`}>{chosen.length > 1 ? "" : t("runs.advice")}</span>
            <Button
              disabled={chosen.length < 2}
              leftSection={<Icon name="compare" size={14} />}
              onClick={compare}
            >
              {t("runs.compare")}
            </Button>
          </>
        )
      }
    >
      {query.data ? (
        <div className={styles.list}>
          <RunsTable runs={runs} chosen={chosen} onChoose={choose} />
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
      ) : query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : (
        <SkeletonRows />
      )}
    </Page>
  );
}
