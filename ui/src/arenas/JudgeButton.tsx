import "./judgingTexts";
import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useWords } from "@/i18n/useWords";

const JudgeDialog = lazy(() => import("./JudgeDialog").then((module) => ({ default: module.JudgeDialog })));

/** Has a judge decide battles. Loaded after the page. */
export function JudgeButton({ arena }: { arena: string }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t("judging.ask")}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <JudgeDialog arena={arena} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
