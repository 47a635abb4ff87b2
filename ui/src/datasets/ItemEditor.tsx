import "./formTexts";
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { ApiError, isStatus } from "@/api/client";
import { type DatasetVersion, type Item, itemQuery } from "@/api/datasets";
import type { Artifact } from "@/api/types";
import { TextArea, TextField } from "@/components/Field";
import { useWords } from "@/i18n/useWords";
import styles from "./Datasets.module.css";
import { DraftField } from "./DraftField";
import { draftValue, isObject, toDraft } from "./values";

interface Props {
  dataset: Artifact;
  version: DatasetVersion;
  /** None for a new one. */
  item: Item | undefined;
  onKeep: (item: Item) => void;
  onRemove?: () => void;
  onCancel: () => void;
}

const freshId = () => `item-${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36) ?? "1"}`;

/** An item as a form; what is kept joins the other edits, and is saved with them. */
export function ItemEditor({ dataset, version, item, onKeep, onRemove, onCancel }: Props) {
  const { t } = useWords();
  const client = useQueryClient();
  const splits = useId();
  const [id, setId] = useState(() => item?.id ?? freshId());
  const [input, setInput] = useState(() => toDraft(item?.input));
  const [reference, setReference] = useState(() => toDraft(item?.reference));
  const [split, setSplit] = useState(item?.split ?? "");
  const [metadata, setMetadata] = useState(() =>
    Object.keys(item?.metadata ?? {}).length ? JSON.stringify(item?.metadata, null, 2) : "",
  );
  const [errors, setErrors] = useState<{
    id?: string;
    input?: string;
    reference?: string;
    metadata?: string;
  }>({});

  async function isTaken() {
    if (item) return false;
    try {
      await client.fetchQuery({
        ...itemQuery(dataset.name, String(version.version.number), id),
        retry: false,
      });
      return true;
    } catch (error) {
      if (error instanceof ApiError && isStatus(error, 404)) return false;
      throw error;
    }
  }

  async function onSubmit(event: FormEvent) {
    event.preventDefault();
    const asked = draftValue(input);
    const right = draftValue(reference);
    const about = metadata.trim() === "" ? {} : draftValue({ kind: "json", text: metadata });
    const found = {
      id: !id.trim() ? t("editor.no_id") : undefined,
      input:
        asked === undefined
          ? t("editor.not_json")
          : asked === null || (isObject(asked) && Object.keys(asked).length === 0)
            ? t("editor.no_input")
            : undefined,
      reference: right === undefined ? t("editor.not_json") : undefined,
      metadata: isObject(about) ? undefined : t("editor.not_object"),
    };
    setErrors(found);
    if (Object.values(found).some(Boolean) || !isObject(about)) return;
    if (await isTaken().catch(() => false)) {
      setErrors({ id: t("editor.taken") });
      return;
    }
    onKeep({ id: id.trim(), input: asked, reference: right, metadata: about, split: split.trim() });
  }

  return (
    <form className={styles.body} onSubmit={(event) => void onSubmit(event)}>
      {!item && (
        <TextField
          label={t("items.id")}
          value={id}
          onText={setId}
          error={errors.id}
          mono
          spellCheck={false}
        />
      )}
      <DraftField
        label={t("samples.input")}
        draft={input}
        onDraft={setInput}
        error={errors.input}
        autoFocus={!item}
      />
      <DraftField
        label={t("samples.reference")}
        description={t("editor.reference")}
        draft={reference}
        onDraft={setReference}
        error={errors.reference}
        autoFocus={item !== undefined}
      />
      <TextField label={t("items.split")} value={split} onText={setSplit} list={splits} />
      <datalist id={splits}>
        {Object.keys(version.splits)
          .filter(Boolean)
          .map((name) => (
            <option key={name} value={name} />
          ))}
      </datalist>
      <TextArea
        label={t("samples.metadata")}
        description={t("editor.metadata")}
        value={metadata}
        onText={setMetadata}
        error={errors.metadata}
        mono
        spellCheck={false}
      />
      <div className={styles.dialogActions}>
        {onRemove && (
          <Button variant="subtle" color="red" onClick={onRemove} className={styles.leading}>
            {t("items.remove")}
          </Button>
        )}
        <Button variant="default" onClick={onCancel}>
          {t("action.cancel")}
        </Button>
        <Button type="submit">{t("editor.keep")}</Button>
      </div>
    </form>
  );
}
