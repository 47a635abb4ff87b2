import { Button, Modal } from "@mantine/core";
import { Problem } from "@/components/Problem";
import { useWords } from "@/i18n/useWords";
import { type Recosting, useRecost } from "./data";
import styles from "./Prices.module.css";

interface Props {
  models: number;
  onClose: () => void;
  onDone: (recosting: Recosting) => void;
}

export function RecostDialog({ models, onClose, onDone }: Props) {
  const { t } = useWords();
  const recost = useRecost(onDone);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("prices.again")}
      size={460}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <div className={styles.dialog}>
        <p className="dim">{t("prices.again.ask", { n: models })}</p>
        <Problem error={recost.error} />
        <div className={styles.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button onClick={() => recost.mutate()} loading={recost.isPending} data-autofocus>
            {t("prices.again")}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
