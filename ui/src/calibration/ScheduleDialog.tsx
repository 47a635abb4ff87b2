import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type AnchorSchedule, calibrationsQuery, putSchedule } from "@/api/calibrations";
import { TextField } from "@/components/Field";
import { NumberField, numberIn } from "@/components/NumberField";
import { Problem } from "@/components/Problem";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import styles from "./Calibration.module.css";
import { useInterval } from "./useInterval";

const INTERVALS = [24, 168, 336, 720];

interface Props {
  name: string;
  schedule: AnchorSchedule | null;
  onClose: () => void;
}

/** Asks how often anchors are judged again and what that may take. Loaded on demand through ScheduleSection.tsx. */
export function ScheduleDialog({ name, schedule, onClose }: Props) {
  const { t } = useWords();
  const client = useQueryClient();
  const interval = useInterval();
  const [every, setEvery] = useState(schedule?.every_hours ?? 168);
  const [ref, setRef] = useState(schedule?.ref ?? "latest");
  const [cost, setCost] = useState(String(schedule?.max_cost_usd ?? ""));
  const [tokens, setTokens] = useState(String(schedule?.max_tokens ?? ""));
  const choices = INTERVALS.includes(every) ? INTERVALS : [every, ...INTERVALS];
  const save = useMutation({
    mutationFn: () =>
      putSchedule(name, {
        every_hours: every,
        ref: ref || "latest",
        max_cost_usd: numberIn(cost),
        max_tokens: numberIn(tokens),
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: calibrationsQuery(name, "latest").queryKey });
      onClose();
    },
  });
  const hasBudget = numberIn(cost) !== null || numberIn(tokens) !== null;

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t("calibration.schedule")}
      size={460}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form className={styles.dialog} onSubmit={onSubmit}>
        <p className="dim">{t("calibration.schedule.text")}</p>
        <Select
          label={t("calibration.schedule.every")}
          labelled
          value={String(every)}
          onChange={(hours) => setEvery(Number(hours))}
          options={choices.map((hours) => ({ value: String(hours), name: interval(hours) }))}
        />
        <TextField
          label={t("calibration.schedule.ref")}
          value={ref}
          onText={setRef}
          mono
          spellCheck={false}
        />
        <NumberField
          label={t("calibration.schedule.cost")}
          description={hasBudget ? undefined : t("calibration.schedule.no_budget")}
          value={cost}
          onText={setCost}
        />
        <NumberField label={t("calibration.schedule.tokens")} value={tokens} onText={setTokens} whole />
        <Problem error={save.error} />
        <div className={styles.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!hasBudget}>
            {t("calibration.schedule.save")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
