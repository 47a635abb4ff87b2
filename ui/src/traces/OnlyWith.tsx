import { Link, useLocation } from "@tanstack/react-router";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import { withCondition } from "./conditions";
import styles from "./SpanDetail.module.css";

const LISTS = ["/traces", "/spans"] as const;

/** Narrows the list of traces, or of spans, to a value that is seen here: in the list itself beside what is set, else anew. */
export function OnlyWith({ condition }: { condition: string | undefined }) {
  const { t } = useWords();
  const list = useLocation({ select: ({ pathname }) => LISTS.find((each) => each === pathname) });
  if (!condition) return null;
  const text = t("filter.only", { condition });
  return (
    <Link
      to={list ?? "/traces"}
      search={(before) => withCondition(list ? before : {}, condition)}
      className={styles.only}
      aria-label={text}
      data-tip={text}
      preload={false}
    >
      <Icon name="filter" size={12} />
    </Link>
  );
}
