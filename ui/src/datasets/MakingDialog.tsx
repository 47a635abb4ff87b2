import "./formTexts";
import "./makingTexts";
import { Button, Modal } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { isMaking, startSynthesis, synthesisQuery } from "@/api/syntheses";
import { Problem } from "@/components/Problem";
import { Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { DatasetNameField } from "./DatasetNameField";
import styles from "./Datasets.module.css";
import { MakingFields } from "./MakingFields";
import { isSaid, NOTHING_SAID, requestOf } from "./making";
import { SynthesisView } from "./SynthesisView";

interface Props {
  /** The dataset; without one, it is named here. */
  name?: string;
  onClose: () => void;
}

/** Asks of what and by whom items are to be made, then shows how far they are and what came of them. */
export function MakingDialog({ name: known, onClose }: Props) {
  const { t } = useWords();
  const [started, setStarted] = useState("");
  return (
    <Modal
      opened
      onClose={onClose}
      title={known ? t("making.title", { name: known }) : t("making.title.new")}
      size={640}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      {started ? (
        <Making id={started} onClose={onClose} />
      ) : (
        <Form known={known} onClose={onClose} onStarted={setStarted} />
      )}
    </Modal>
  );
}

interface FormProps {
  known?: string;
  onClose: () => void;
  onStarted: (id: string) => void;
}

function Form({ known, onClose, onStarted }: FormProps) {
  const { t } = useWords();
  const client = useQueryClient();
  const [name, setName] = useState(known ?? "");
  const [said, setSaid] = useState({ ...NOTHING_SAID, items: known ? `${known}@latest` : "" });
  const start = useMutation({
    mutationFn: () => startSynthesis(name, requestOf(said)),
    onSuccess: ({ id, dataset }) => {
      void client.invalidateQueries({ queryKey: ["syntheses", dataset] });
      onStarted(id);
    },
  });

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    start.mutate();
  }

  return (
    <form className={styles.dialog} onSubmit={onSubmit}>
      {!known && <DatasetNameField name={name} onName={setName} />}
      <MakingFields said={said} onSay={(part) => setSaid({ ...said, ...part })} />
      <Problem error={start.error} />
      <div className={styles.dialogActions}>
        <Button variant="default" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button type="submit" loading={start.isPending} disabled={!name || !isSaid(said)}>
          {t("making.start")}
        </Button>
      </div>
    </form>
  );
}

function Making({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords();
  const query = useQuery(synthesisQuery(id));
  return (
    <div className={styles.dialog}>
      <Loaded query={query}>{(synthesis) => <SynthesisView synthesis={synthesis} onShow={onClose} />}</Loaded>
      {query.data && isMaking(query.data) && <p className="faint">{t("making.goes_on")}</p>}
      <div className={styles.dialogActions}>
        <Button variant="default" onClick={onClose}>
          {t("action.close")}
        </Button>
      </div>
    </div>
  );
}
