import { useState } from "react";
import { useWords } from "@/i18n/useWords";
import { Icon } from "./Icon";
import styles from "./JsonTree.module.css";

interface JsonTreeProps {
  value: unknown;
  /** Levels that stand open at first. */
  open?: number;
}

const LONG_TEXT = 400;

function isBranch(value: unknown): value is Record<string, unknown> | unknown[] {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function Leaf({ value }: { value: unknown }) {
  const { t } = useWords();
  const [whole, setWhole] = useState(false);
  if (typeof value === "string") {
    const cut = value.length > LONG_TEXT && !whole;
    return (
      <span className={styles.string}>
        {cut ? value.slice(0, LONG_TEXT) : value}
        {cut && (
          <button type="button" className={styles.more} onClick={() => setWhole(true)}>
            {t("json.more", { n: value.length - LONG_TEXT })}
          </button>
        )}
      </span>
    );
  }
  if (typeof value === "number") return <span className={styles.number}>{String(value)}</span>;
  return <span className={styles.keyword}>{JSON.stringify(value)}</span>;
}

function Branch({ name, value, open }: { name: string; value: unknown; open: number }) {
  const [shown, setShown] = useState(open > 0);
  if (!isBranch(value)) {
    return (
      <li className={styles.entry}>
        <span className={styles.key}>{name}</span>
        <Leaf value={value} />
      </li>
    );
  }
  const size = Object.keys(value).length;
  return (
    <li>
      <button type="button" className={styles.fold} aria-expanded={shown} onClick={() => setShown(!shown)}>
        <Icon name={shown ? "down" : "right"} size={11} />
        <span className={styles.key}>{name}</span>
        <span className="faint">{Array.isArray(value) ? `[${size}]` : `{${size}}`}</span>
      </button>
      {shown && (
        <ul className={styles.nested}>
          {Object.entries(value).map(([key, item]) => (
            <Branch key={key} name={key} value={item} open={open - 1} />
          ))}
        </ul>
      )}
    </li>
  );
}

/** JSON with folds; strings are shown as text, not escaped. */
export function JsonTree({ value, open = 1 }: JsonTreeProps) {
  if (!isBranch(value)) return <Leaf value={value} />;
  return (
    <ul className={styles.tree}>
      {Object.entries(value).map(([key, item]) => (
        <Branch key={key} name={key} value={item} open={open - 1} />
      ))}
    </ul>
  );
}
