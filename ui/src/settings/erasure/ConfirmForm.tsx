import { Button, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { isStatus } from "@/api/client";
import { Problem } from "@/components/Problem";
import { useWords } from "@/i18n/useWords";
import { type Erasure, useErase } from "./data";
import styles from "./Erasure.module.css";
import { type Subject, sentenceOf } from "./subject";

interface Props {
  subject: Subject;
  traces: number;
  onErased: (erasure: Erasure) => void;
}

/** The second step: the id once more, a reason that names nobody, and then it is gone. */
export function ConfirmForm({ subject, traces, onErased }: Props) {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const erase = useErase(subject, onErased);
  // What the server refuses of this form is the reason: one that names the subject.
  const refused = isStatus(erase.error, 422) ? sentenceOf(erase.error?.message ?? "") : undefined;
  const isSure = typed === subject.id && reason.trim() !== "";

  function submit(event: FormEvent) {
    event.preventDefault();
    if (isSure) erase.mutate(reason.trim());
  }

  return (
    <form className={styles.confirm} onSubmit={submit}>
      <p className={styles.caution}>
        <b>{t("erasure.confirm.text")}</b> {t("erasure.warning")}
      </p>
      <TextInput
        label={t("erasure.confirm")}
        description={<span className="mono">{subject.id}</span>}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        classNames={{ input: "mono" }}
        autoComplete="off"
        spellCheck={false}
      />
      <Textarea
        label={t("erasure.reason")}
        description={t("erasure.reason.text")}
        value={reason}
        onChange={(event) => {
          erase.reset();
          setReason(event.currentTarget.value);
        }}
        error={refused}
        rows={2}
      />
      {!refused && <Problem error={erase.error} />}
      <div className={styles.actions}>
        {erase.isPending && (
          <p className="dim" role="log">
            {t("erasure.pending")}
          </p>
        )}
        <Button type="submit" className={styles.erase} disabled={!isSure} loading={erase.isPending}>
          {traces > 0 ? t("erasure.submit", { n: traces }) : t("erasure.submit.rows")}
        </Button>
      </div>
    </form>
  );
}
