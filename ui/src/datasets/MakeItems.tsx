import "./makingTexts";
import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";

const MakingDialog = lazy(() =>
  import("./MakingDialog").then((module) => ({ default: module.MakingDialog })),
);

/** Has a model make items: for a dataset, or without a name for a new one. */
export function MakeItems({ name }: { name?: string }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<Icon name="plus" size={14} />} onClick={() => setOpen(true)}>
        {t("making.action")}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <MakingDialog name={name} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
