import { Button, Modal } from "@mantine/core";
import { useWords } from "@/i18n/useWords";
import styles from "./Masking.module.css";

interface Props {
  count: number;
  onLeave: () => void;
  onStay: () => void;
}

/** Loaded on demand through LeaveGuard.tsx. */
export function LeaveDialog({ count, onLeave, onStay }: Props) {
  const { t } = useWords();
  return (
    <Modal
      opened
      onClose={onStay}
      title={t("masking.leave")}
      size={420}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <p>{t("masking.leave.text", { n: count })}</p>
      <div className={styles.dialogActions}>
        <Button variant="default" onClick={onLeave}>
          {t("masking.leave.go")}
        </Button>
        <Button onClick={onStay} data-autofocus>
          {t("masking.leave.stay")}
        </Button>
      </div>
    </Modal>
  );
}
