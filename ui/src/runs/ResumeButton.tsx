import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import type { Run } from "@/api/types";
import { useWords } from "@/i18n/useWords";
import "./callsTexts";

const ResumeDialog = lazy(() =>
  import("./ResumeDialog").then((module) => ({ default: module.ResumeDialog })),
);

/** Shown for a run that has ended and lacks something, and is the server's own. */
export function ResumeButton({ run }: { run: Run }) {
  return canResume(run) ? <ResumeAction run={run} /> : null;
}

/** Goes on with a run or, where one is named, with its gate and both runs of that. */
export function ResumeAction({ run, gate }: { run: Run; gate?: string }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t("run.resume")}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <ResumeDialog run={run} gate={gate} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

function canResume(run: Run): boolean {
  const lacking = run.state === "finished" && run.failed_items > 0;
  const ended = run.state === "cancelled" || run.state === "stopped" || run.state === "failed";
  // One that a gate looks at goes on with its gate.
  return !run.settings.external && !run.settings.gate && (ended || lacking);
}
