import "./formTexts";
import "./texts";
import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api, unwrap } from "@/api/client";
import type { Item } from "@/api/datasets";
import { TextField } from "@/components/Field";
import { Problem } from "@/components/Problem";
import { useWords } from "@/i18n/useWords";
import { DatasetNameField } from "./DatasetNameField";
import styles from "./Datasets.module.css";
import { DraftField } from "./DraftField";
import { draftValue, toDraft } from "./values";

interface Props {
  item: Item;
  onClose: () => void;
}

const STORED = "windlass.dataset";

/** A span becomes an item: what was answered is the reference, to be corrected before it is kept. */
export function AddDialog({ item, onClose }: Props) {
  const { t } = useWords();
  const client = useQueryClient();
  const [name, setName] = useState(() => window.localStorage.getItem(STORED) ?? "");
  const [id, setId] = useState(item.id);
  const [input, setInput] = useState(() => toDraft(item.input));
  const [reference, setReference] = useState(() => toDraft(item.reference));
  const [split, setSplit] = useState(item.split ?? "");
  const asked = draftValue(input);
  const right = draftValue(reference);
  const add = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/datasets/{name}/items", {
          params: { path: { name } },
          body: {
            items: [{ ...item, id, input: asked, reference: right, split }],
            message: t("add.message", { trace: String(item.metadata?.trace_id ?? "").slice(0, 8) }),
          },
        }),
      ),
    onSuccess: () => {
      window.localStorage.setItem(STORED, name);
      void client.invalidateQueries({ queryKey: ["datasets"] });
      void client.invalidateQueries({ queryKey: ["artifact", "dataset", name] });
    },
  });

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    add.mutate();
  }

  const done = add.data;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("add.title")}
      size={640}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      {done ? (
        <div className={styles.dialog}>
          <p role="status">
            {done.added
              ? t("add.done", { dataset: name, version: done.version.number })
              : t("add.already", { dataset: name })}
          </p>
          <div className={styles.dialogActions}>
            <Button
              variant="default"
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/datasets/$name"
                  params={{ name }}
                  search={{ item: id }}
                  onClick={onClose}
                />
              )}
            >
              {t("add.open")}
            </Button>
            <Button onClick={onClose}>{t("action.close")}</Button>
          </div>
        </div>
      ) : (
        <form className={styles.dialog} onSubmit={onSubmit}>
          <div className={styles.two}>
            <DatasetNameField name={name} onName={setName} />
            <TextField label={t("items.split")} value={split} onText={setSplit} spellCheck={false} />
          </div>
          <DraftField
            label={t("samples.input")}
            draft={input}
            onDraft={setInput}
            error={asked === undefined ? t("editor.not_json") : undefined}
          />
          <DraftField
            label={t("samples.reference")}
            description={t("add.reference")}
            draft={reference}
            onDraft={setReference}
            error={right === undefined ? t("editor.not_json") : undefined}
          />
          <TextField
            label={t("items.id")}
            description={t("add.id")}
            value={id}
            onText={setId}
            required
            mono
            spellCheck={false}
          />
          <Problem error={add.error} />
          <div className={styles.dialogActions}>
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button
              type="submit"
              loading={add.isPending}
              disabled={!name || !id || asked === undefined || asked === null || right === undefined}
            >
              {t("add.add")}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}
