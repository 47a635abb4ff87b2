import "./formTexts";
import { Button } from "@mantine/core";
import { lazy, Suspense, useEffect, useState } from "react";
import type { Artifact } from "@/api/types";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import styles from "./Datasets.module.css";
import { countEdits, type Edits, NO_EDITS } from "./edits";

const SaveDialog = lazy(() => import("./SaveDialog").then((module) => ({ default: module.SaveDialog })));

interface Props {
  dataset: Artifact;
  edits: Edits;
  base: string;
  onEdits: (edits: Edits, base?: string) => void;
}

/** What was edited and is not saved yet: it stays here whatever the list shows. */
export function PendingBar({ dataset, edits, base, onEdits }: Props) {
  const { t } = useWords();
  const [saving, setSaving] = useState(false);
  const counts = countEdits(edits);
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key !== "s" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setSaving(true);
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  const parts = [
    counts.changed && t("pending.changed", { n: counts.changed }),
    counts.added && t("pending.added", { n: counts.added }),
    counts.removed && t("pending.removed", { n: counts.removed }),
  ].filter(Boolean);
  return (
    <div className={styles.pending} role="status">
      <Icon name="pencil" size={14} />
      <span className="grow">{parts.join(" · ")}</span>
      <Button variant="subtle" onClick={() => onEdits(NO_EDITS)}>
        {t("pending.discard")}
      </Button>
      <Button onClick={() => setSaving(true)}>{t("pending.save")}</Button>
      {saving && (
        <Suspense fallback={null}>
          <SaveDialog
            dataset={dataset}
            edits={edits}
            base={base}
            onEdits={onEdits}
            onClose={() => setSaving(false)}
          />
        </Suspense>
      )}
    </div>
  );
}
