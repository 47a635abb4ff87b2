import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { ApiError } from "@/api/client";
import { useWords } from "@/i18n/useWords";
import { Command } from "./Copy";
import { Icon, type IconName } from "./Icon";
import styles from "./States.module.css";

const SKELETON_DELAY_MS = 150;

/** Children after a short wait, so that fast answers show no flicker. */
export function Delayed({ children }: { children: ReactNode }) {
  const [due, setDue] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setDue(true), SKELETON_DELAY_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return due ? children : null;
}

export function SkeletonRows({ rows = 8 }: { rows?: number }) {
  const { t } = useWords();
  return (
    <div className={styles.skeletons} role="status" aria-label={t("state.loading")}>
      <Delayed>
        {Array.from({ length: rows }, (_, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: identical bars without identity
          <div className={styles.skeleton} key={row}>
            <span style={{ width: 60 + ((row * 37) % 40) }} />
            <span style={{ width: `${38 + ((row * 23) % 34)}%` }} />
            <span style={{ width: 48, marginLeft: "auto" }} />
          </div>
        ))}
      </Delayed>
    </div>
  );
}

interface ErrorProps {
  error: unknown;
  retry?: () => void;
}

export function ErrorState({ error, retry }: ErrorProps) {
  const { t } = useWords();
  const known = error instanceof ApiError ? error : null;
  const offline = known?.status === 0;
  const forbidden = known?.status === 403;
  const title = offline
    ? t("error.offline")
    : forbidden
      ? t("error.forbidden")
      : known?.title || t("error.title");
  const detail = offline
    ? t("error.offline.detail")
    : known?.message || (error instanceof Error ? error.message : t("error.unknown"));
  return (
    <div className={styles.state} role="alert">
      <span className={styles.badIcon}>
        <Icon name="warning" size={18} />
      </span>
      <h2>{title}</h2>
      <p className="dim">{detail}</p>
      {retry && !forbidden && (
        <Button variant="default" onClick={retry}>
          {t("action.retry")}
        </Button>
      )}
    </div>
  );
}

interface EmptyProps {
  icon: IconName;
  title: string;
  text: string;
  command?: string;
  children?: ReactNode;
}

/** What would be here, and the one command or button that fills it. */
export function EmptyState({ icon, title, text, command, children }: EmptyProps) {
  return (
    <div className={styles.state}>
      <span className={styles.icon}>
        <Icon name={icon} size={18} />
      </span>
      <h2>{title}</h2>
      <p className="dim">{text}</p>
      {command && <Command text={command} />}
      {children}
    </div>
  );
}

interface QueryLike<T> {
  data: T | undefined;
  error: unknown;
  isError: boolean;
  refetch: () => unknown;
}

interface LoadedProps<T> {
  query: QueryLike<T>;
  rows?: number;
  children: (data: T) => ReactNode;
}

/** The three states of a query in one place: loading, failed, here. */
export function Loaded<T>({ query, rows, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return <SkeletonRows rows={rows} />;
}
