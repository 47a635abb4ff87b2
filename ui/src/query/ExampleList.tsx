import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import { EXAMPLES } from "./examples";
import styles from "./Query.module.css";

/** Before the first statement: what can be asked here, each a click away. */
export function ExampleList({ onRun }: { onRun: (sql: string) => void }) {
  const { t } = useWords();
  return (
    <div className={styles.empty}>
      <h2>{t("query.empty")}</h2>
      <p className="dim">{t("query.empty.text")}</p>
      <ul className={styles.examples}>
        {EXAMPLES.map(({ text, sql }) => (
          <li key={text}>
            <button type="button" onClick={() => onRun(sql)}>
              <span>{t(text)}</span>
              <Icon name="right" size={12} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
