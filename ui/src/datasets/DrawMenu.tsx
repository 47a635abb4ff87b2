import "./formTexts";
import "./texts";
import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api, unwrap } from "@/api/client";
import type { DrawAnswer } from "@/api/datasets";
import { type TraceFilter, traceParameters } from "@/api/queries";
import { Command } from "@/components/Copy";
import { commandLines } from "@/components/commandLine";
import { TextField } from "@/components/Field";
import { Icon } from "@/components/Icon";
import { Problem } from "@/components/Problem";
import { useWords } from "@/i18n/useWords";
import { DatasetNameField } from "./DatasetNameField";
import styles from "./Datasets.module.css";

/** The same draw on the command line; a span of time such as 24h is written as the moment it began. */
export function drawCommand(filter: TraceFilter, name: string, sample: string, seed: string): string {
  const { q, where, from, to, release, environment, run, status } = traceParameters(filter);
  const lines = commandLines(`windlass datasets from-traces ${name || "NAME"}`, [
    ["--filter", where],
    ["--text", q],
    ["--release", release],
    ["--environment", environment],
    ["--run", run],
    ["--status", status],
    ["--from", from],
    ["--to", to],
    ["--sample", sample === "1" ? undefined : sample],
    ["--seed", seed || undefined],
  ]);
  return lines.replaceAll(" \\\n  ", " ");
}

/** Draws from the traces that the list's filter finds into a dataset. */
export function DrawMenu({ filter }: { filter: TraceFilter }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<Icon name="dataset" size={14} />} onClick={() => setOpen(true)}>
        {t("draw.action")}
      </Button>
      {open && <DrawDialog filter={filter} onClose={() => setOpen(false)} />}
    </>
  );
}

function DrawDialog({ filter, onClose }: { filter: TraceFilter; onClose: () => void }) {
  const { t } = useWords();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [sample, setSample] = useState("1");
  const [seed, setSeed] = useState("");
  const [split, setSplit] = useState("");
  const share = Number(sample);
  const isShare = sample.trim() !== "" && share > 0 && share <= 1;
  const isSeed = seed === "" || /^-?\d{1,15}$/.test(seed);
  const draw = useMutation({
    mutationFn: () => {
      const { status, where, q, release, environment, run, from, to } = traceParameters(filter);
      return unwrap(
        api.POST("/api/v1/datasets/{name}/from-traces", {
          params: { path: { name }, query: { status, where, q, release, environment, run, from, to } },
          body: {
            sample: share,
            seed: seed === "" ? null : Number(seed),
            split,
            most: 10_000,
            recording: false,
            message: "",
          },
        }),
      );
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["datasets"] });
      void client.invalidateQueries({ queryKey: ["artifact", "dataset", name] });
    },
  });

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    draw.mutate();
  }

  const filtered = Object.values(filter).some(Boolean);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("draw.title")}
      size={560}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form className={styles.dialog} onSubmit={onSubmit}>
        <p>{t(filtered ? "draw.filtered" : "draw.all")}</p>
        <div className={styles.two}>
          <DatasetNameField name={name} onName={setName} />
          <TextField label={t("items.split")} value={split} onText={setSplit} spellCheck={false} />
          <TextField
            label={t("draw.sample")}
            description={t("draw.sample.text")}
            value={sample}
            onText={setSample}
            inputMode="decimal"
            error={isShare ? undefined : t("draw.sample.wrong")}
          />
          <TextField
            label={t("draw.seed")}
            description={t("draw.seed.text")}
            value={seed}
            onText={setSeed}
            inputMode="numeric"
            error={isSeed ? undefined : t("draw.seed.wrong")}
          />
        </div>
        <p className="faint">{t("draw.kept")}</p>
        <Command text={drawCommand(filter, name, sample, seed)} />
        <Problem error={draw.error} />
        {draw.data && <Drawn name={name} answer={draw.data} onClose={onClose} />}
        <div className={styles.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {draw.data ? t("action.close") : t("action.cancel")}
          </Button>
          <Button type="submit" loading={draw.isPending} disabled={!name || !isShare || !isSeed}>
            {t("draw.draw")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function Drawn({ name, answer, onClose }: { name: string; answer: DrawAnswer; onClose: () => void }) {
  const { t } = useWords();
  return (
    <p role="status">
      {t("draw.done", { matched: answer.matched, added: answer.added, already: answer.already })}{" "}
      {answer.without_input > 0 && t("draw.without_input", { n: answer.without_input })}{" "}
      {answer.of_runs > 0 && t("draw.of_runs", { n: answer.of_runs })}{" "}
      {answer.version && (
        <Link className="link" to="/datasets/$name" params={{ name }} onClick={onClose}>
          {name}@{answer.version.number}
        </Link>
      )}
    </p>
  );
}
