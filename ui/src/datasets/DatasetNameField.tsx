import "./formTexts";
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { datasetsQuery } from "@/api/datasets";
import { TextField } from "@/components/Field";
import { useWords } from "@/i18n/useWords";

/** The name of a dataset that is there, or of a new one. */
export function DatasetNameField({ name, onName }: { name: string; onName: (name: string) => void }) {
  const { t } = useWords();
  const known = useId();
  const datasets = useQuery(datasetsQuery()).data?.items ?? [];
  return (
    <>
      <TextField
        label={t("add.dataset")}
        value={name}
        onText={onName}
        list={known}
        required
        placeholder="golden"
        spellCheck={false}
        data-autofocus
      />
      <datalist id={known}>
        {datasets.map((each) => (
          <option key={each.name} value={each.name} />
        ))}
      </datalist>
    </>
  );
}
