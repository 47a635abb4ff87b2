import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import styles from "./Erasure.module.css";
import { KINDS, type Subject } from "./subject";

interface Props {
  subject: Subject | undefined;
  /** What the server said against the id. */
  problem?: string;
  pending: boolean;
  onCount: (subject: Subject) => void;
}

/** Whose telemetry: the first step, which only counts. */
export function SubjectForm({ subject, problem, pending, onCount }: Props) {
  const { t } = useWords();
  const [kind, setKind] = useState<Subject["kind"]>(subject?.kind ?? "user");
  const [id, setId] = useState(subject?.id ?? "");
  const isCounted = subject?.kind === kind && subject.id === id;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (id) onCount({ kind, id });
  }

  return (
    <form className={styles.subject} onSubmit={submit}>
      <Select
        labelled
        label={t("erasure.kind")}
        value={kind}
        options={KINDS.map((value) => ({ value, name: t(`erasure.kind.${value}`) }))}
        onChange={(value) => setKind(KINDS.find((each) => each === value) ?? "user")}
      />
      <TextInput
        label={t(`erasure.id.${kind}`)}
        value={id}
        onChange={(event) => setId(event.currentTarget.value)}
        error={isCounted ? problem : undefined}
        maxLength={1000}
        classNames={{ input: "mono" }}
        className="grow"
        autoComplete="off"
        spellCheck={false}
      />
      <Button type="submit" variant={isCounted ? "default" : "filled"} disabled={!id} loading={pending}>
        {t(isCounted ? "erasure.again" : "erasure.count")}
      </Button>
    </form>
  );
}
