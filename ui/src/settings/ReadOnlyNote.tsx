import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "@/api/queries";
import { isRole } from "@/api/session";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import styles from "./Settings.module.css";

/** Why nothing can be changed here, in a text that names the role. */
export function ReadOnlyNote({ text }: { text: TextKey }) {
  const { t } = useWords();
  const role = useQuery(sessionQuery()).data?.principal.role ?? "";
  return <p className={styles.note}>{t(text, { role: isRole(role) ? t(`role.${role}`) : role })}</p>;
}
