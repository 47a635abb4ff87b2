import { Modal } from "@mantine/core";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import styles from "./Reviews.module.css";

const LABELLING: [string, TextKey][] = [
  ["1–9", "reviews.key.number"],
  ["↑ ↓", "reviews.key.move"],
  ["Enter", "reviews.key.submit"],
  ["Ctrl Enter", "reviews.key.submit_text"],
  ["Esc", "reviews.key.leave"],
  ["S", "reviews.key.skip"],
  ["U", "reviews.key.undo"],
  ["?", "reviews.key.help"],
];
const DECIDING = LABELLING.filter(([key]) => key !== "U");

export function KeyHelp({ deciding, onClose }: { deciding?: boolean; onClose: () => void }) {
  const { t } = useWords();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("reviews.keys")}
      size={400}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <dl className={styles.keys}>
        {(deciding ? DECIDING : LABELLING).map(([key, word]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(word)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
