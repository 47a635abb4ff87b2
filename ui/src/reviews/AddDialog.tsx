import { Button, Modal } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { runsQuery } from "@/api/queries";
import { addItems, type Queue, type Selection } from "@/api/reviews";
import type { RunSummary } from "@/api/types";
import { TextField } from "@/components/Field";
import { Select } from "@/components/Select";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import { Refused } from "./Refused";
import styles from "./Reviews.module.css";

const ORIGINS = {
  run: "reviews.add.from.run",
  dataset: "reviews.add.from.dataset",
  traces: "reviews.add.from.traces",
} as const satisfies Record<string, TextKey>;
type Origin = keyof typeof ORIGINS;

/** The newest so many, as the text beside the condition says. */
const MOST_TRACES = 1000;

interface Chosen {
  origin: Origin;
  run: string;
  baseline: string;
  dataset: string;
  condition: string;
  sample: string;
  seed: string;
}

/** What is sent; numbers that are none are the server's to refuse. */
function selectionOf(chosen: Chosen, pairwise: boolean): Selection {
  const drawn = {
    seed: Number(chosen.seed || "0"),
    ...(chosen.sample.trim() ? { sample: Number(chosen.sample) } : {}),
  };
  switch (chosen.origin) {
    case "run":
      return { run: { run: chosen.run, ...(pairwise ? { baseline: chosen.baseline } : {}), ...drawn } };
    case "dataset":
      return { dataset: { dataset: chosen.dataset.trim(), ...drawn } };
    case "traces": {
      const where = chosen.condition.trim() ? [chosen.condition.trim()] : [];
      return { traces: { ids: [], query: { where, limit: MOST_TRACES }, ...drawn } };
    }
  }
}

/** Items for a queue: a pair needs two runs, anything else comes from a run, a dataset or traces. */
export function AddDialog({ queue, onClose }: { queue: Queue; onClose: () => void }) {
  const { t } = useWords();
  const client = useQueryClient();
  const pairwise = queue.questions.some(({ type }) => type === "preference");
  const runs = (useInfiniteQuery(runsQuery()).data?.pages.flatMap((page) => page.items) ?? []).filter(
    (run) => run.finished_items > 0,
  );
  const [said, setSaid] = useState<Chosen>({
    origin: "run",
    run: "",
    baseline: "",
    dataset: "",
    condition: "",
    sample: "",
    seed: "0",
  });
  const run = runs.find(({ id }) => id === said.run) ?? runs[0];
  const others = runs.filter(({ id, dataset }) => id !== run?.id && dataset.digest === run?.dataset.digest);
  const baseline = others.find(({ id }) => id === said.baseline) ?? others[0];
  const chosen = { ...said, run: run?.id ?? "", baseline: baseline?.id ?? "" };
  const set = (part: Partial<Chosen>) => setSaid({ ...said, ...part });
  const add = useMutation({
    mutationFn: () => addItems(queue.name, selectionOf(chosen, pairwise)),
    onSuccess: () => {
      for (const key of ["review-queue", "review-queues", "review-items"]) {
        void client.invalidateQueries({ queryKey: [key] });
      }
      onClose();
    },
  });
  const impossible = chosen.origin === "run" && (!run || (pairwise && !baseline));

  function submit(event: FormEvent) {
    event.preventDefault();
    add.mutate();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t("reviews.add")}
      size={480}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form className={styles.dialog} onSubmit={submit}>
        {!pairwise && (
          <Select
            label={t("reviews.add.from")}
            labelled
            value={said.origin}
            options={Object.entries(ORIGINS).map(([value, word]) => ({ value, name: t(word) }))}
            onChange={(origin) => set({ origin: origin as Origin })}
          />
        )}
        {chosen.origin === "run" && (
          <RunChoice
            label={t("reviews.add.run")}
            runs={runs}
            value={chosen.run}
            onChoose={(id) => set({ run: id })}
          />
        )}
        {pairwise && run && (
          <RunChoice
            label={t("reviews.add.baseline")}
            none="reviews.add.no_baseline"
            runs={others}
            value={chosen.baseline}
            onChoose={(id) => set({ baseline: id })}
          />
        )}
        {chosen.origin === "dataset" && (
          <TextField
            label={t("reviews.add.dataset")}
            description={t("reviews.add.dataset.text")}
            value={said.dataset}
            required
            onText={(dataset) => set({ dataset })}
          />
        )}
        {chosen.origin === "traces" && (
          <TextField
            label={t("reviews.add.condition")}
            description={t("reviews.add.condition.text")}
            mono
            value={said.condition}
            onText={(condition) => set({ condition })}
          />
        )}
        <div className={styles.drawn}>
          <TextField
            label={t("reviews.add.sample")}
            description={t("reviews.add.sample.text")}
            inputMode="numeric"
            pattern="[0-9]*"
            value={said.sample}
            onText={(sample) => set({ sample })}
          />
          <TextField
            label={t("reviews.add.seed")}
            inputMode="numeric"
            pattern="[0-9]*"
            value={said.seed}
            onText={(seed) => set({ seed })}
          />
        </div>
        {add.error !== null && <Refused error={add.error} />}
        <div className={styles.dialogButtons}>
          <Button variant="default" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" loading={add.isPending} disabled={impossible}>
            {t("reviews.add.submit")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

interface RunChoiceProps {
  label: string;
  none?: TextKey;
  runs: RunSummary[];
  value: string;
  onChoose: (id: string) => void;
}

function RunChoice({ label, none = "reviews.add.no_runs", runs, value, onChoose }: RunChoiceProps) {
  const { t, format } = useWords();
  if (runs.length === 0) return <p className="dim">{t(none)}</p>;
  return (
    <Select
      label={label}
      labelled
      value={value}
      options={runs.map((run) => ({
        value: run.id,
        name: t("reviews.add.run.name", {
          release: `${run.release.name}@${run.release.number}`,
          dataset: `${run.dataset.name}@${run.dataset.number}`,
          time: format.relative(run.created),
        }),
      }))}
      onChange={onChoose}
    />
  );
}
