import { Link, useLocation } from "@tanstack/react-router";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import { withCondition } from "./conditions";
import styles from "./SpanDetail.module.css";

/** Narrows the list of traces to a value that is seen here: in the list itself beside what is set, else anew. */
export function OnlyWith({ condition }: { condition: string | undefined }) {
  const { t } = useWords();
  const inList = useLocation({ select: ({ pathname }) => pathname === "/traces" });
  if (!condition) return null;
  const text = t("filter.only", { condition });
  return (
    <Link
      to="/traces"
      search={(before) => withCondition(inList ? before : {}, condition)}
      className={styles.only}
      aria-label={text}
      data-tip={text}
      preload={false}
    >
      <Icon name="filter" size={12} />
    </Link>
  );
}
