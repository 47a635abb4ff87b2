import "./formTexts";
import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { type ImportAnswer, importFile } from "@/api/datasets";
import { TextArea, TextField } from "@/components/Field";
import { Problem } from "@/components/Problem";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import styles from "./Datasets.module.css";
import { inLine } from "./values";

interface Props {
  /** The dataset that gets another version; none to make one. */
  name?: string;
  onClose: () => void;
  onDone: (name: string) => void;
}

const FORMATS = ["jsonl", "json", "csv", "parquet", "promptfoo", "adk", "vertex"] as const;
const ACCEPTED = ".jsonl,.ndjson,.json,.csv,.tsv,.parquet,.yaml,.yml";
const SHOWN = 5;

/** The name of a file as a dataset may be called. */
export const nameOf = (file: string) =>
  file
    .toLowerCase()
    .replace(/(\.evalset)?\.[a-z]+$/, "")
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+|-+$/g, "")
    .slice(0, 100);

/** A file becomes a version: first looked at by the server, then kept. */
export function ImportDialog({ name: known, onClose, onDone }: Props) {
  const { t } = useWords();
  const client = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File>();
  const [name, setName] = useState(known ?? "");
  const [format, setFormat] = useState("");
  const [columns, setColumns] = useState({ input: "", reference: "" });
  const [mode, setMode] = useState<"replace" | "add">("replace");
  const [message, setMessage] = useState("");

  const send = (look: boolean) => {
    if (!file) throw new Error("no file was chosen");
    const named = Object.entries(columns).flatMap(([field, column]) =>
      column.trim() ? `${field}=${column.trim()}` : [],
    );
    return importFile({ name: name || "look", file, format, columns: named, mode, message, look });
  };
  const look = useMutation({ mutationFn: () => send(true) });
  const keep = useMutation({
    mutationFn: () => send(false),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["datasets"] });
      void client.invalidateQueries({ queryKey: ["artifact", "dataset", name] });
      void client.invalidateQueries({ queryKey: ["artifacts", "dataset"] });
      onClose();
      onDone(name);
    },
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: looks again when the file or its format changes
  useEffect(() => {
    if (file) look.mutate();
  }, [file, format]);

  function choose(chosen: File | undefined) {
    if (!chosen) return;
    setFile(chosen);
    keep.reset();
    if (!known && !name) setName(nameOf(chosen.name));
  }

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    keep.mutate();
  }

  const table = /\.(csv|tsv|parquet|jsonl|ndjson|json)$/i.test(file?.name ?? "");
  return (
    <Modal
      opened
      onClose={onClose}
      title={known ? t("import.title.here", { name: known }) : t("import.title")}
      size={620}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form className={styles.dialog} onSubmit={onSubmit}>
        <button
          type="button"
          className={styles.drop}
          onClick={() => field.current?.click()}
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault();
            choose(event.dataTransfer.files[0]);
          }}
          data-autofocus
        >
          {file ? <b>{file.name}</b> : t("import.choose")}
          <span className="faint">{t("import.formats")}</span>
        </button>
        <input
          ref={field}
          type="file"
          accept={ACCEPTED}
          aria-label={t("import.file")}
          className="visually-hidden"
          tabIndex={-1}
          onChange={(event) => choose(event.currentTarget.files?.[0])}
        />
        {file && (
          <>
            <div className={styles.two}>
              <Select
                label={t("import.format")}
                labelled
                value={format}
                onChange={setFormat}
                options={[
                  { value: "", name: t("import.by_name") },
                  ...FORMATS.map((each) => ({ value: each, name: each })),
                ]}
              />
              {known && (
                <Select
                  label={t("import.mode")}
                  labelled
                  value={mode}
                  onChange={(chosen) => setMode(chosen === "add" ? "add" : "replace")}
                  options={[
                    { value: "replace", name: t("import.replace") },
                    { value: "add", name: t("import.add") },
                  ]}
                />
              )}
            </div>
            {table && (
              <div className={styles.two}>
                {(["input", "reference"] as const).map((each) => (
                  <TextField
                    key={each}
                    label={t(`import.column.${each}`)}
                    placeholder={each}
                    value={columns[each]}
                    onText={(text) => setColumns({ ...columns, [each]: text })}
                    onBlur={() => look.mutate()}
                    spellCheck={false}
                  />
                ))}
              </div>
            )}
            {look.data && <Preview answer={look.data} />}
            <Problem error={look.error} />
            {!known && (
              <TextField
                label={t("import.name")}
                description={t("import.name.text")}
                value={name}
                onText={setName}
                required
                mono
                spellCheck={false}
              />
            )}
            <TextArea
              label={t("save.reason")}
              description={t("save.reason.text")}
              value={message}
              onText={setMessage}
              rows={2}
            />
            <Problem error={keep.error} />
          </>
        )}
        <div className={styles.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" disabled={!look.data || look.isPending || !name} loading={keep.isPending}>
            {t("import.keep")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** The first items as they were understood, before anything is kept. */
function Preview({ answer }: { answer: ImportAnswer }) {
  const { t } = useWords();
  const splits = Object.entries(answer.splits).filter(([name]) => name);
  return (
    <div className={styles.preview}>
      <p>
        {t("import.found", { n: answer.count, format: answer.data_format })}
        {splits.length > 0 && (
          <span className="faint"> · {splits.map(([name, count]) => `${name} ${count}`).join(", ")}</span>
        )}
      </p>
      <ol>
        {answer.first.slice(0, SHOWN).map((item) => (
          <li key={item.id}>
            <span className="clip">{inLine(item.input)}</span>
            <span className="clip dim">{inLine(item.reference) || "–"}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
