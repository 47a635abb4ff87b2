import { type ReactNode, useEffect } from "react";
import { useWords } from "@/i18n/useWords";
import { Icon } from "./Icon";
import styles from "./Panel.module.css";

interface PanelProps {
  title: ReactNode;
  label: string;
  onClose: () => void;
  onExpand?: () => void;
  children: ReactNode;
}

export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input, textarea, select, [role=menuitem]"))
  );
}

/** Keys of a page belong to the dialog above it, Mantine's or the browser's own. */
export function isDialogOpen(): boolean {
  return document.querySelector("[role=dialog], dialog[open]") !== null;
}

/** Detail beside its list: Esc closes, f opens the full page, the list keeps working. */
export function Panel({ title, label, onClose, onExpand, children }: PanelProps) {
  const { t } = useWords();
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (isTyping(event) || event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
      if (isDialogOpen()) return;
      if (event.key === "Escape") onClose();
      else if (event.key === "f" && onExpand) onExpand();
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [onClose, onExpand]);
  return (
    <aside className={styles.panel} aria-label={label}>
      <header className={styles.header}>
        <div className="grow row">{title}</div>
        {onExpand && (
          <button
            type="button"
            className={styles.button}
            onClick={onExpand}
            aria-label={t("panel.expand")}
            data-tip={`${t("panel.expand")} · F`}
          >
            <Icon name="expand" />
          </button>
        )}
        <button
          type="button"
          className={styles.button}
          onClick={onClose}
          aria-label={t("action.close")}
          data-tip={`${t("action.close")} · Esc`}
        >
          <Icon name="cross" />
        </button>
      </header>
      <div className={styles.body}>{children}</div>
    </aside>
  );
}
