import type { ReactNode } from "react";
import { useEffect } from "react";
import styles from "./Page.module.css";

interface PageProps {
  title: string;
  /** What stands in the header instead of the plain title, such as a name with its state. */
  heading?: ReactNode;
  trail?: ReactNode;
  actions?: ReactNode;
  /** A page that manages its own scrolling (virtual lists, split panes) fills the window. */
  fill?: boolean;
  children: ReactNode;
}

export function Page({ title, heading, trail, actions, fill, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · windlass`;
  }, [title]);
  return (
    <div className={styles.page} data-fill={fill || undefined}>
      <header className={styles.header}>
        <div className={styles.heading}>
          {trail && (
            <nav className={styles.trail} aria-label="breadcrumb">
              {trail}
            </nav>
          )}
          {heading ?? <h1 className="clip">{title}</h1>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      <div className={styles.content}>{children}</div>
    </div>
  );
}

interface SectionProps {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
  flush?: boolean;
}

export function Section({ title, aside, children, flush }: SectionProps) {
  return (
    <section className={styles.section}>
      <header className={styles.sectionHeader}>
        <h2>{title}</h2>
        {aside && <div className={styles.aside}>{aside}</div>}
      </header>
      <div className={styles.card} data-flush={flush || undefined}>
        {children}
      </div>
    </section>
  );
}
