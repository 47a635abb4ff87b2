import { Fragment } from "react";
import type { SqlTable } from "@/api/sql";
import { useWords } from "@/i18n/useWords";
import styles from "./Query.module.css";

interface Props {
  tables: readonly SqlTable[];
  onInsert: (name: string) => void;
}

/** What a statement may name; a click puts it where the cursor is. */
export function ColumnReference({ tables, onInsert }: Props) {
  const { t } = useWords();
  return (
    <aside className={styles.reference} aria-label={t("query.reference")}>
      <h2>{t("query.reference")}</h2>
      {tables.map((table) => (
        <details key={table.name} open={table.name === "traces" && window.innerWidth > 960}>
          <summary>
            <span className="mono">{table.name}</span>
            <span className="faint num">{t("query.columns", { n: table.columns.length })}</span>
          </summary>
          <p className="dim">{table.about}</p>
          <ul>
            {table.columns.map((column) => (
              <li key={column.name}>
                <button
                  type="button"
                  onClick={() => onInsert(column.name)}
                  aria-label={t("query.insert", { name: column.name })}
                >
                  <span className="mono">{column.name}</span>
                  <span className={`${styles.type} mono`}>{column.type}</span>
                </button>
                {column.about && <p className="dim">{marked(column.about)}</p>}
              </li>
            ))}
          </ul>
        </details>
      ))}
    </aside>
  );
}

/** The API writes names between backticks, and nothing else of Markdown. */
function marked(text: string) {
  return text.split("`").map((part, at) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no identity but their place
    at % 2 ? <code key={at}>{part}</code> : <Fragment key={at}>{part}</Fragment>,
  );
}
