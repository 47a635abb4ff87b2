import { Button } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import { linkTo } from "./copies";
import styles from "./Query.module.css";

const QueryMenus = lazy(() => import("./QueryMenus").then((module) => ({ default: module.QueryMenus })));

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

interface Props {
  draft: string;
  running: boolean;
  onRun: (sql: string) => void;
  /** Puts a statement into the editor without running it. */
  onTake: (sql: string) => void;
}

export function QueryBar({ draft, running, onRun, onTake }: Props) {
  const { t } = useWords();
  const sql = draft.trim();
  const long = sql !== "" && linkTo(window.location.origin, sql) === undefined;
  return (
    <div className={styles.bar}>
      <Button
        leftSection={<Icon name="play" size={12} />}
        rightSection={<kbd className={styles.key}>{IS_MAC ? "⌘ ↵" : "Ctrl ↵"}</kbd>}
        disabled={!sql || running}
        onClick={() => onRun(draft)}
      >
        {t(running ? "query.running" : "query.run")}
      </Button>
      <Suspense fallback={null}>
        <QueryMenus sql={sql} onTake={onTake} />
      </Suspense>
      {long && <p className={styles.long}>{t("query.link.long")}</p>}
    </div>
  );
}
