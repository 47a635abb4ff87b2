import { useState } from "react";
import { useWords } from "@/i18n/useWords";
import styles from "./Graph.module.css";

const FIRST = 40;

/** The first rows of a list, and all of them once they are asked for. */
export function useMore<Item>(items: Item[]) {
  const [all, setAll] = useState(false);
  const shown = all ? items : items.slice(0, FIRST);
  return { shown, more: items.length - shown.length, showAll: () => setAll(true) };
}

export function ShowMore({ more, onShow }: { more: number; onShow: () => void }) {
  const { t } = useWords();
  if (more <= 0) return null;
  return (
    <button type="button" className={styles.more} onClick={onShow}>
      {t("graph.more", { n: more })}
    </button>
  );
}
