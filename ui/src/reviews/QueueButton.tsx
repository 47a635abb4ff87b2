import "./draftingTexts";
import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import type { Queue } from "@/api/reviews";
import { useMay } from "@/api/session";
import { useWords } from "@/i18n/useWords";

const QueueDialog = lazy(() => import("./QueueDialog").then((module) => ({ default: module.QueueDialog })));

/** Makes a queue, or changes one, for those who may. */
export function QueueButton({ queue }: { queue?: Queue }) {
  const { t } = useWords();
  const mayManage = useMay("editor");
  const [open, setOpen] = useState(false);
  if (!mayManage) return null;
  return (
    <>
      <Button variant={queue ? "default" : undefined} onClick={() => setOpen(true)}>
        {t(queue ? "drafting.change" : "drafting.new")}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <QueueDialog queue={queue} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
