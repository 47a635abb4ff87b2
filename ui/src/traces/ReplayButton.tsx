import "./replayingTexts";
import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import type { TraceFilter } from "@/api/queries";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";

const ReplayDialog = lazy(() =>
  import("./ReplayDialog").then((module) => ({ default: module.ReplayDialog })),
);

interface Props {
  /** Which traces: those that a list's filter finds, or one by its id as `q`. */
  filter: TraceFilter;
  /** Of one trace, its id. */
  traceId?: string;
}

/** Has an agent answer again what was asked, in the worlds that traces recorded. */
export function ReplayButton({ filter, traceId }: Props) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon name="rollback" size={14} />}
        onClick={() => setOpen(true)}
      >
        {t("replaying.action")}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <ReplayDialog filter={filter} traceId={traceId} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
