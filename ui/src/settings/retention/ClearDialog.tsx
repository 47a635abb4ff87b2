import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiError } from "@/api/client";
import { applyRetention, type Held, type RetentionPolicy } from "@/api/retention";
import { useWords } from "@/i18n/useWords";
import settings from "../Settings.module.css";
import { sayPolicy, sayRows } from "./policy";
import styles from "./Retention.module.css";

interface Props {
  policy: RetentionPolicy;
  held: Held;
  onClose: () => void;
}

/** Says what goes and that it does not come back; then what went. */
export function ClearDialog({ policy, held, onClose }: Props) {
  const words = useWords();
  const { t } = words;
  const client = useQueryClient();
  const clear = useMutation({
    mutationFn: applyRetention,
    onSuccess: () => void client.invalidateQueries(),
  });
  const { error, data } = clear;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("retention.clear.title")}
      size={460}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <div className={styles.dialog}>
        {data ? <Done rows={data.rows} /> : <Before policy={policy} held={held} />}
        {error && (
          <p className={styles.problem} role="alert">
            {error instanceof ApiError && error.status === 0 ? t("error.offline.detail") : error.message}
          </p>
        )}
      </div>
      <div className={settings.dialogActions}>
        <Button variant="default" onClick={onClose} data-autofocus>
          {data ? t("action.close") : t("action.cancel")}
        </Button>
        {!data && (
          <Button color="red.9" loading={clear.isPending} onClick={() => clear.mutate()}>
            {held.clearing
              ? t("retention.clear.submit", { n: held.clearing })
              : t("retention.clear.submit_strays")}
          </Button>
        )}
      </div>
    </Modal>
  );
}

function Before({ policy, held }: { policy: RetentionPolicy; held: Held }) {
  const words = useWords();
  const { t } = words;
  return (
    <>
      <p>{sayPolicy(words, policy)}</p>
      <p className={styles.preview} data-clears={held.clearing > 0 || undefined}>
        {held.clearing
          ? t("retention.clearing", { n: held.clearing, all: held.traces })
          : t("retention.clearing.none", { all: held.traces })}
      </p>
      <p className="dim">{t("retention.clear.text")}</p>
    </>
  );
}

function Done({ rows }: { rows: Record<string, number> }) {
  const words = useWords();
  const said = sayRows(words, rows);
  return (
    <p aria-live="polite">
      {said ? words.t("retention.clear.done", { rows: said }) : words.t("retention.clear.nothing")}
    </p>
  );
}
