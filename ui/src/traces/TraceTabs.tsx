import { Link } from "@tanstack/react-router";
import { useWords } from "@/i18n/useWords";
import styles from "./Trace.module.css";

const VIEWS = ["timeline", "graph"] as const;

/** The same trace as a timeline or as a graph. */
export function TraceTabs({ traceId, view, span }: { traceId: string; view?: string; span?: string }) {
  const { t } = useWords();
  const current = view === "graph" ? "graph" : "timeline";
  return (
    <nav className={styles.tabs} aria-label={t("graph.view.label")}>
      {VIEWS.map((each) => (
        <Link
          key={each}
          to="/traces/$traceId"
          params={{ traceId }}
          search={{ span, view: each === "graph" ? each : undefined }}
          replace
          data-active={each === current || undefined}
          aria-current={each === current ? "page" : undefined}
        >
          {t(`graph.view.${each}`)}
        </Link>
      ))}
    </nav>
  );
}
