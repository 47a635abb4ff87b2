import { Button, Modal } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { exportQueue, type Queue } from "@/api/reviews";
import { TextField } from "@/components/Field";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import { Refused } from "./Refused";
import styles from "./Reviews.module.css";

/** The settled items as a version of a dataset. */
export function ExportDialog({ queue, onClose }: { queue: Queue; onClose: () => void }) {
  const { t } = useWords();
  const [dataset, setDataset] = useState(`${queue.name}-labelled`);
  const [reference, setReference] = useState("");
  const act = useMutation({
    mutationFn: () => exportQueue(queue.name, { dataset: dataset.trim(), reference: reference || null }),
  });
  const made = act.data;
  const left = made ? made.unsettled + made.gone : 0;

  function submit(event: FormEvent) {
    event.preventDefault();
    act.mutate();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t("reviews.export")}
      size={480}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      {made ? (
        <div className={styles.dialog}>
          <p role="log">
            {t("reviews.export.done", { name: `${made.name}@${made.number}`, n: made.items })}{" "}
            {left > 0 && t("reviews.export.left", { n: left })}
          </p>
          <div className={styles.dialogButtons}>
            <Button onClick={onClose}>{t("action.close")}</Button>
          </div>
        </div>
      ) : (
        <form className={styles.dialog} onSubmit={submit}>
          <TextField
            label={t("reviews.export.dataset")}
            description={t("reviews.export.dataset.text")}
            value={dataset}
            required
            onText={setDataset}
          />
          <Select
            label={t("reviews.export.reference")}
            labelled
            value={reference}
            options={[
              { value: "", name: t("reviews.export.none") },
              ...queue.questions.map(({ name }) => ({ value: name, name })),
            ]}
            onChange={setReference}
          />
          {act.error !== null && <Refused error={act.error} />}
          <div className={styles.dialogButtons}>
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={act.isPending}>
              {t("reviews.export.submit")}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}
