import "./formTexts";
import { TextArea } from "@/components/Field";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import styles from "./Datasets.module.css";
import { asKind, type Draft } from "./values";

interface Props {
  label: string;
  description?: string;
  draft: Draft;
  onDraft: (draft: Draft) => void;
  error?: string;
  autoFocus?: boolean;
}

/** A value that is text or JSON, as its author chooses. */
export function DraftField({ label, description, draft, onDraft, error, autoFocus }: Props) {
  const { t } = useWords();
  return (
    <div className={styles.draft}>
      <TextArea
        label={label}
        description={description}
        value={draft.text}
        onText={(text) => onDraft({ ...draft, text })}
        error={error}
        mono={draft.kind === "json"}
        spellCheck={draft.kind === "text"}
        autoFocus={autoFocus}
      />
      <div className={styles.kind}>
        <Select
          label={t("editor.kind", { field: label })}
          value={draft.kind}
          onChange={(kind) => onDraft(asKind(draft, kind === "json" ? "json" : "text"))}
          options={[
            { value: "text", name: t("editor.text") },
            { value: "json", name: "JSON" },
          ]}
        />
      </div>
    </div>
  );
}
