import { ApiError } from "@/api/client";
import { useWords } from "@/i18n/useWords";
import styles from "./Reviews.module.css";

/** What the server said to something that it did not do. */
export function Refused({ error }: { error: unknown }) {
  const { t } = useWords();
  const known = error instanceof ApiError && error.status !== 0;
  return (
    <p className={styles.refused} role="alert">
      {known ? error.message || error.title : t("error.offline.detail")}
    </p>
  );
}
