import type { Change } from "@/api/graph";
import { useWords } from "@/i18n/useWords";
import styles from "./Graph.module.css";

const SIGNS: Record<Change, string> = { added: "+", vanished: "−", changed: "≠", same: "" };

/** What became of a step or edge, by a sign; its word is read aloud. */
export function ChangeMark({ change }: { change: Change }) {
  const { t } = useWords();
  if (change === "same") return null;
  return (
    <span className={styles.mark} data-change={change} role="img" aria-label={t(`graph.change.${change}`)}>
      {SIGNS[change]}
    </span>
  );
}
