import { useWords } from "@/i18n/useWords";
import styles from "./table.module.css";

export function LabelTag({ label }: { label: string }) {
  return <span className={styles.tag}>{label}</span>;
}

/** Marks a release that runs in an environment. */
export function RunningTag({ environment }: { environment: string }) {
  const { t } = useWords();
  return (
    <span className={`${styles.tag} ${styles.live}`} data-tip={t("running.in", { environment })}>
      {environment}
    </span>
  );
}
