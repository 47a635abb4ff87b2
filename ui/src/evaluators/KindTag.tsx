import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import styles from "./Evaluators.module.css";

interface Props {
  kind: "code" | "judge";
  /** Why it cannot be used. */
  problem?: string;
}

export function KindTag({ kind, problem }: Props) {
  const { t } = useWords();
  if (problem) {
    return (
      <span className={styles.broken} data-tip={problem}>
        <Icon name="warning" size={13} />
        {t("evaluators.broken")}
      </span>
    );
  }
  return (
    <span className={styles.kind}>
      <Icon name={kind === "judge" ? "model" : "terminal"} size={13} />
      {t(`evaluators.${kind}`)}
    </span>
  );
}
