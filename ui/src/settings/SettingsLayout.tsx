import { Link, Outlet } from "@tanstack/react-router";
import { useWords } from "@/i18n/useWords";
import styles from "./SettingsLayout.module.css";
import { SECTIONS } from "./sections";
import "./texts";

/** The list of sections, and beside it the section; each brings a page with its own header. */
export function SettingsLayout() {
  const { t } = useWords();
  return (
    <div className={styles.layout}>
      <nav className={styles.sections} aria-label={t("nav.settings")}>
        <p className={styles.title}>{t("nav.settings")}</p>
        <ul>
          {SECTIONS.map(({ to, word }) => (
            <li key={to}>
              <Link
                to={to}
                className={styles.section}
                activeOptions={{ includeSearch: false }}
                activeProps={{ "data-active": true, "aria-current": "page" }}
              >
                {t(word)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className={styles.body}>
        <Outlet />
      </div>
    </div>
  );
}
