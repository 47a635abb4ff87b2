import { ApiError } from "@/api/client";
import { useWords } from "@/i18n/useWords";
import styles from "./Problem.module.css";

/** Why a change was refused, in the server's sentence; nothing while there is no error. */
export function Problem({ error }: { error: unknown }) {
  const { t } = useWords();
  if (error === null || error === undefined) return null;
  return (
    <p className={styles.problem} role="alert">
      {error instanceof ApiError && error.status !== 0
        ? error.message || error.title
        : t("error.offline.detail")}
    </p>
  );
}
