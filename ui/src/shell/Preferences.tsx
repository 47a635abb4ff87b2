import { lazy, Suspense, useState } from "react";
import { isRole } from "@/api/session";
import type { Session } from "@/api/types";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import styles from "./Preferences.module.css";

const load = () => import("./PreferencesMenu").then((module) => ({ default: module.PreferencesMenu }));
const PreferencesMenu = lazy(load);

/** Who is signed in, and the choices that are kept in this browser. */
export function Preferences({ session, narrow }: { session: Session; narrow: boolean }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const { principal } = session;
  return (
    <div className={styles.corner}>
      {open && (
        <Suspense fallback={null}>
          <PreferencesMenu session={session} className={styles.anchor} onClose={() => setOpen(false)} />
        </Suspense>
      )}
      <button
        type="button"
        className={styles.who}
        data-narrow={narrow || undefined}
        aria-label={narrow ? t("preferences.label") : principal.id}
        aria-description={t("preferences.label")}
        aria-haspopup="menu"
        aria-expanded={open}
        onPointerEnter={() => void load()}
        onClick={() => setOpen(true)}
      >
        <Icon name="user" />
        <span className={styles.names}>
          <span className="clip">{principal.id}</span>
          <span className="faint clip">
            {principal.project} · {isRole(principal.role) ? t(`role.${principal.role}`) : principal.role}
          </span>
        </span>
      </button>
    </div>
  );
}
