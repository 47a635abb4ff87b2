import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import type { Queue } from "@/api/reviews";
import { useMay } from "@/api/session";
import { useWords } from "@/i18n/useWords";

const AddDialog = lazy(() => import("./AddDialog").then((module) => ({ default: module.AddDialog })));
const QueueButton = lazy(() => import("./QueueButton").then((module) => ({ default: module.QueueButton })));
const ExportDialog = lazy(() =>
  import("./ExportDialog").then((module) => ({ default: module.ExportDialog })),
);

/** What can be done with a queue, by whom. */
export function QueueActions({ queue }: { queue: Queue }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const mayLabel = useMay("reviewer");
  const mayManage = useMay("editor");
  const [open, setOpen] = useState<"add" | "export">();
  const { items, settled, disputed } = queue.progress;
  const go = (task: string) =>
    void navigate({ to: "/reviews/$queue/$task", params: { queue: queue.name, task } });
  return (
    <>
      <Suspense>
        <QueueButton queue={queue} />
      </Suspense>
      {mayManage && (
        <Button variant="default" onClick={() => setOpen("add")}>
          {t("reviews.add")}
        </Button>
      )}
      {mayManage && settled > 0 && (
        <Button variant="default" onClick={() => setOpen("export")}>
          {t("reviews.export")}
        </Button>
      )}
      {mayManage && disputed > 0 && (
        <Button variant="default" onClick={() => go("decide")}>
          {t("reviews.decide.n", { n: disputed })}
        </Button>
      )}
      {mayLabel && items > 0 && <Button onClick={() => go("label")}>{t("reviews.start")}</Button>}
      <Suspense>
        {open === "add" && <AddDialog queue={queue} onClose={() => setOpen(undefined)} />}
        {open === "export" && <ExportDialog queue={queue} onClose={() => setOpen(undefined)} />}
      </Suspense>
    </>
  );
}
