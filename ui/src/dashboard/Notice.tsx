import { ApiError } from "@/api/client";
import { useWords } from "@/i18n/useWords";
import styles from "./Dashboard.module.css";
import { titleOf } from "./measures";
import type { useDashboard } from "./useDashboard";

/** What became of the last change, and what can be done about it. */
export function Notice({ dashboard }: { dashboard: ReturnType<typeof useDashboard> }) {
  const words = useWords();
  const { t } = words;
  const { error, conflict, removed, reload, undo } = dashboard;
  if (error) {
    const said = error instanceof ApiError && error.status !== 0 ? error.message : t("error.offline.detail");
    return (
      <p className={styles.notice} data-bad role="alert">
        {conflict ? t("dash.conflict") : said}
        <button type="button" onClick={reload}>
          {t("dash.reload")}
        </button>
      </p>
    );
  }
  if (!removed) return null;
  return (
    <p className={styles.notice} role="log">
      {t("dash.removed", { name: titleOf(removed.item, words) })}
      <button type="button" onClick={undo}>
        {t("dash.undo")}
      </button>
    </p>
  );
}
