import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useWords } from "@/i18n/useWords";
import styles from "./Masking.module.css";
import type { Refusal } from "./problems";
import type { Edited } from "./useEditing";

const SaveDialog = lazy(() => import("./SaveDialog").then((module) => ({ default: module.SaveDialog })));

interface Props {
  edited: Edited;
  refusal: Refusal | undefined;
}

/** What is not saved yet; it stays in sight however long the rules are. */
export function SaveBar({ edited, refusal }: Props) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const { changes, unready, stale, discard } = edited;
  const waiting = unready.size + (refusal ? 1 : 0);
  const ofNoRow = refusal && refusal.key === undefined ? refusal.message : undefined;
  const state = waiting
    ? t("masking.unready.save", { n: waiting })
    : t("masking.changes", { n: changes.length });
  return (
    <div className={styles.bar}>
      <p className="grow" role={ofNoRow ? "alert" : undefined}>
        {ofNoRow ?? state}
      </p>
      <Button variant="default" onClick={discard}>
        {t("settings.discard")}
      </Button>
      <Button disabled={waiting > 0 || stale} onClick={() => setOpen(true)}>
        {t("settings.review")}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <SaveDialog edited={edited} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}
