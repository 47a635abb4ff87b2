import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useMay } from "@/api/session";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import type { PromoteProps } from "./PromoteDialog";

const PromoteDialog = lazy(() =>
  import("./PromoteDialog").then((module) => ({ default: module.PromoteDialog })),
);

export function PromoteButton(props: PromoteProps) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  if (!useMay("editor")) return null;
  return (
    <>
      <Button leftSection={<Icon name="promote" size={14} />} onClick={() => setOpen(true)}>
        {t("promote.action")}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <PromoteDialog {...props} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
