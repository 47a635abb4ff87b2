import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { runsOnQuery } from "@/api/datasets";
import { EmptyState, Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { RunsTable } from "@/runs/RunsTable";
import styles from "./Datasets.module.css";

/** What was measured on this dataset, whatever version of it. */
export function RunsTab({ name }: { name: string }) {
  const { t } = useWords();
  const query = useInfiniteQuery(runsOnQuery(name));
  return (
    <div className={styles.scrolled}>
      <Loaded query={query}>
        {({ pages }) => {
          const runs = pages.flatMap((page) => page.items);
          if (runs.length === 0) {
            return (
              <EmptyState
                icon="runs"
                title={t("datasets.runs.empty")}
                text={t("runs.empty.text")}
                command={`windlass eval release/NAME@latest --dataset dataset/${name}@latest`}
              />
            );
          }
          return (
            <div className={styles.list}>
              <RunsTable runs={runs} />
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
    </div>
  );
}
