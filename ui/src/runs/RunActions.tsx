import { Button } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { isActive, runsQuery } from "@/api/queries";
import { useMay } from "@/api/session";
import type { Run } from "@/api/types";
import { ReportButton } from "@/components/ReportButton";
import { useWords } from "@/i18n/useWords";
import { CompareMenu } from "./CompareMenu";
import { ResumeButton } from "./ResumeButton";

/** Loaded after the page: what one may do with a run. */
export function RunActions({ run }: { run: Run }) {
  const { t } = useWords();
  const client = useQueryClient();
  const mayEdit = useMay("editor");
  const others = useInfiniteQuery(runsQuery()).data?.pages.flatMap((page) => page.items) ?? [];
  const comparable = others.filter(
    (other) => other.id !== run.id && other.dataset.digest === run.dataset.digest && other.finished_items > 0,
  );
  const cancel = useMutation({
    mutationFn: () =>
      unwrap(api.POST("/api/v1/runs/{run_id}/cancel", { params: { path: { run_id: run.id } } })),
    onSettled: () => void client.invalidateQueries({ queryKey: ["run", run.id] }),
  });
  return (
    <>
      {isActive(run.state) && mayEdit && (
        <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          {t("run.cancel")}
        </Button>
      )}
      {mayEdit && <ResumeButton run={run} />}
      {run.finished_items > 0 && <ReportButton path={`/runs/${run.id}/report.html`} />}
      <CompareMenu run={run} others={comparable} />
    </>
  );
}
