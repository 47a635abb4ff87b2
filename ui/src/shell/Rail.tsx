import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { sessionQuery } from "@/api/queries";
import { Icon, type IconName } from "@/components/Icon";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import { Logo } from "./Logo";
import { Preferences } from "./Preferences";
import styles from "./Rail.module.css";

export const PLACES = [
  { to: "/", icon: "overview", word: "nav.overview" },
  { to: "/dashboard", icon: "dashboard", word: "nav.dashboard" },
  { to: "/releases", icon: "releases", word: "nav.releases" },
  { to: "/datasets", icon: "dataset", word: "nav.datasets" },
  { to: "/evaluators", icon: "evaluators", word: "nav.evaluators" },
  { to: "/reviews", icon: "review", word: "nav.reviews" },
  { to: "/arenas", icon: "compare", word: "nav.arenas" },
  { to: "/runs", icon: "runs", word: "nav.runs" },
  { to: "/traces", icon: "traces", word: "nav.traces" },
  { to: "/spans", icon: "spans", word: "nav.spans" },
  { to: "/sessions", icon: "sessions", word: "nav.sessions" },
  { to: "/users", icon: "user", word: "nav.users" },
  { to: "/graph", icon: "graph", word: "nav.graph" },
  { to: "/query", icon: "query", word: "nav.query" },
  { to: "/audit", icon: "audit", word: "nav.audit" },
  { to: "/settings", icon: "settings", word: "nav.settings" },
] as const satisfies { to: string; icon: IconName; word: TextKey }[];

const STORED = "windlass.rail";
const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

export function Rail({ onSearch }: { onSearch: () => void }) {
  const { t } = useWords();
  const session = useQuery(sessionQuery()).data;
  const [narrow, setNarrow] = useState(() => window.localStorage.getItem(STORED) === "narrow");

  function toggle() {
    window.localStorage.setItem(STORED, narrow ? "wide" : "narrow");
    setNarrow(!narrow);
  }

  return (
    <nav
      className={styles.rail}
      data-narrow={narrow || undefined}
      data-role={session?.principal.role}
      aria-label={t("nav.label")}
    >
      <div className={styles.top}>
        <Link to="/" className={styles.brand} aria-label="windlass">
          <Logo />
          <span className={styles.word}>windlass</span>
        </Link>
        <button
          type="button"
          className={styles.toggle}
          onClick={toggle}
          aria-label={narrow ? t("nav.widen") : t("nav.narrow")}
          aria-expanded={!narrow}
          data-tip={narrow ? t("nav.widen") : t("nav.narrow")}
        >
          <Icon name="rail" />
        </button>
      </div>
      <button
        type="button"
        className={styles.search}
        onClick={onSearch}
        aria-label={narrow ? t("palette.open") : undefined}
        data-tip={narrow ? t("palette.open") : undefined}
      >
        <Icon name="search" size={14} />
        <span className={styles.word}>{t("palette.open")}</span>
        <kbd className={styles.word}>{IS_MAC ? "⌘K" : "Ctrl K"}</kbd>
      </button>
      <ul className={styles.places}>
        {PLACES.map(({ to, icon, word }) => (
          <li key={to}>
            <Link
              to={to}
              className={styles.place}
              activeOptions={{ exact: to === "/", includeSearch: false }}
              activeProps={{ "data-active": true, "aria-current": "page" }}
              data-tip={narrow ? t(word) : undefined}
            >
              <Icon name={icon} />
              <span className={styles.word}>{t(word)}</span>
            </Link>
          </li>
        ))}
      </ul>
      {session && <Preferences session={session} narrow={narrow} />}
    </nav>
  );
}
