import { type ReactNode, useEffect, useRef } from "react";
import { Icon, type IconName } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import styles from "./Masking.module.css";

interface ActionProps {
  icon: IconName;
  label: string;
  disabled?: boolean;
  onClick: () => void;
}

export function RowAction({ icon, label, disabled, onClick }: ActionProps) {
  return (
    <button
      type="button"
      className={styles.action}
      aria-label={label}
      data-tip={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} size={14} />
    </button>
  );
}

/** What keeps a rule from being saved: not written yet, or refused by the server. */
export interface RowProblem {
  text: string;
  refused: boolean;
}

interface RowProps {
  name: string;
  /** The rule in one or two lines. */
  summary: ReactNode;
  count: ReactNode;
  problem: RowProblem | undefined;
  open: boolean;
  readOnly: boolean;
  /** Moves of a rule whose place counts. */
  moves?: ReactNode;
  onOpen: (open: boolean) => void;
  onRemove: () => void;
  /** The fields of the rule, shown while it is open. */
  children: ReactNode;
}

/** A rule that is written: what it says, and its fields when it is edited. */
export function RuleRow(props: RowProps) {
  const { t } = useWords();
  const { name, summary, count, problem, open, readOnly, moves, onOpen, onRemove, children } = props;
  const row = useRef<HTMLLIElement>(null);
  // Its fields are looked at next, wherever the page stands.
  useEffect(() => {
    if (open) row.current?.scrollIntoView({ block: "nearest" });
  }, [open]);
  return (
    <li ref={row} className={styles.rule} data-bad={problem?.refused || undefined}>
      <div className={styles.ruleHead}>
        <div className={styles.summary}>{summary}</div>
        {count}
        {!readOnly && (
          <span className={styles.actions}>
            {moves}
            <RowAction
              icon={open ? "check" : "pencil"}
              label={open ? t("masking.done") : t("masking.edit", { rule: name })}
              onClick={() => onOpen(!open)}
            />
            <RowAction icon="cross" label={t("masking.remove", { rule: name })} onClick={onRemove} />
          </span>
        )}
      </div>
      {open && !readOnly && <div className={styles.fields}>{children}</div>}
      {problem && (
        <p
          className={problem.refused ? styles.problem : styles.unready}
          role={problem.refused ? "alert" : undefined}
        >
          {problem.text}
        </p>
      )}
    </li>
  );
}
