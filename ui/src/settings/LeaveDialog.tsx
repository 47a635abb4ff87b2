import "./texts";
import { Button, Modal } from "@mantine/core";
import { useWords } from "@/i18n/useWords";
import styles from "./Settings.module.css";

interface Props {
  text: string;
  onLeave: () => void;
  onStay: () => void;
}

/** Loaded on demand through LeaveGuard.tsx. */
export function LeaveDialog({ text, onLeave, onStay }: Props) {
  const { t } = useWords();
  return (
    <Modal
      opened
      onClose={onStay}
      title={t("settings.leave")}
      size={420}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <p>{text}</p>
      <div className={styles.dialogActions}>
        <Button variant="default" onClick={onLeave}>
          {t("settings.leave.go")}
        </Button>
        <Button onClick={onStay} data-autofocus>
          {t("settings.leave.stay")}
        </Button>
      </div>
    </Modal>
  );
}
