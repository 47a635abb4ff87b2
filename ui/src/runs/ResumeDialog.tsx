import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, unwrap } from "@/api/client";
import type { Run } from "@/api/types";
import { NumberField, numberIn } from "@/components/NumberField";
import { Problem } from "@/components/Problem";
import { useWords } from "@/i18n/useWords";
import { optionsOf } from "./RunCalls";
import styles from "./Runs.module.css";
import "./callsTexts";

interface Props {
  run: Run;
  /** The gate that goes on, with both of its runs; else the run alone does. */
  gate?: string;
  onClose: () => void;
}

/** Asks how much more a run may spend, and goes on with it. Loaded on demand through ResumeButton.tsx. */
export function ResumeDialog({ run, gate, onClose }: Props) {
  const { t } = useWords();
  const client = useQueryClient();
  const before = optionsOf(run);
  const [cost, setCost] = useState(String(before.max_cost_usd ?? ""));
  const [tokens, setTokens] = useState(String(before.max_tokens ?? ""));
  const resume = useMutation({
    mutationFn: async () => {
      const body = {
        max_cost_usd: numberIn(cost),
        max_tokens: numberIn(tokens),
        cache: before.cache ?? false,
      };
      await (gate
        ? unwrap(
            api.POST("/api/v1/gates/live/{gate_id}/resume", { params: { path: { gate_id: gate } }, body }),
          )
        : unwrap(api.POST("/api/v1/runs/{run_id}/resume", { params: { path: { run_id: run.id } }, body })));
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["run", run.id] });
      if (gate) void client.invalidateQueries({ queryKey: ["live-gate", gate] });
      onClose();
    },
  });

  function onForm(event: FormEvent) {
    event.preventDefault();
    resume.mutate();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t(gate ? "run.resume.gate.title" : "run.resume.title")}
      size={420}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form className={styles.dialog} onSubmit={onForm}>
        <p className="dim">{t(gate ? "run.resume.gate.text" : "run.resume.text")}</p>
        <NumberField
          label={t("run.max_cost")}
          description={t("run.max.none")}
          value={cost}
          onText={setCost}
          data-autofocus
        />
        <NumberField
          label={t("run.max_tokens")}
          description={t("run.max.none")}
          value={tokens}
          onText={setTokens}
          whole
        />
        <Problem error={resume.error} />
        <div className={styles.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {t("action.close")}
          </Button>
          <Button type="submit" loading={resume.isPending}>
            {t("run.resume")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
