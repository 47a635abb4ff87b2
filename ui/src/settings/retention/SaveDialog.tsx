import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Held, type RetentionPolicy, retentionQuery, saveRetention } from "@/api/retention";
import { useWords } from "@/i18n/useWords";
import { ReasonDialog } from "@/releases/ReasonDialog";
import { sayPolicy } from "./policy";
import styles from "./Retention.module.css";

interface Props {
  before: RetentionPolicy;
  policy: RetentionPolicy;
  held: Held | undefined;
  onSaved: () => void;
  onClose: () => void;
}

/** What was kept, what will be, how much of what is held goes, and the reason for it. */
export function SaveDialog({ before, policy, held, onSaved, onClose }: Props) {
  const words = useWords();
  const { t } = words;
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (reason: string) => saveRetention(policy, reason),
    onSuccess: (retention) => {
      client.setQueryData(retentionQuery().queryKey, retention);
      onSaved();
      onClose();
    },
  });
  return (
    <ReasonDialog
      title={t("retention.save")}
      submit={t("retention.save")}
      pending={save.isPending}
      error={save.error}
      onSubmit={save.mutate}
      onClose={onClose}
    >
      <dl className={styles.change}>
        <dt>{t("retention.save.was")}</dt>
        <dd>{sayPolicy(words, before)}</dd>
        <dt>{t("retention.save.then")}</dt>
        <dd>{sayPolicy(words, policy)}</dd>
      </dl>
      {held && held.clearing > 0 && (
        <p className={styles.preview} data-clears>
          {t("retention.clearing", { n: held.clearing, all: held.traces })}
        </p>
      )}
      <p className="dim">{t("retention.save.text")}</p>
    </ReasonDialog>
  );
}
