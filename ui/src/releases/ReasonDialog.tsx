import { Button, Modal, Textarea } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { ApiError } from "@/api/client";
import { useWords } from "@/i18n/useWords";
import styles from "./Releases.module.css";

interface Props {
  title: string;
  children: ReactNode;
  submit: string;
  pending: boolean;
  error: unknown;
  disabled?: boolean;
  onSubmit: (reason: string) => void;
  onClose: () => void;
}

/** A question that changes what users get: it asks for a reason, which goes into the audit chain. */
export function ReasonDialog({
  title,
  children,
  submit,
  pending,
  error,
  disabled,
  onSubmit,
  onClose,
}: Props) {
  const { t } = useWords();
  const [reason, setReason] = useState("");

  function onForm(event: FormEvent) {
    event.preventDefault();
    onSubmit(reason.trim());
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={460}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form className={styles.dialog} onSubmit={onForm}>
        {children}
        <Textarea
          label={t("dialog.reason")}
          description={t("dialog.reason.text")}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          rows={2}
          data-autofocus
        />
        {error !== null && (
          <p className={styles.problem} role="alert">
            {error instanceof ApiError && error.status !== 0
              ? error.message || error.title
              : t("error.offline.detail")}
          </p>
        )}
        <div className={styles.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" loading={pending} disabled={disabled}>
            {submit}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
