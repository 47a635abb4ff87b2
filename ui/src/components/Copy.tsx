import { type ReactNode, useEffect, useState } from "react";
import { useWords } from "@/i18n/useWords";
import styles from "./Copy.module.css";
import { Icon, type IconName } from "./Icon";

const DONE_MS = 1400;

export function useCopy(text: string): [boolean, () => void] {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = window.setTimeout(() => setDone(false), DONE_MS);
    return () => window.clearTimeout(timer);
  }, [done]);
  return [done, () => void navigator.clipboard.writeText(text).then(() => setDone(true))];
}

interface CopyProps {
  text: string;
  label: string;
  /** Where several things can be copied, each has a sign of its own. */
  icon?: IconName;
  /** More than the label says. */
  tip?: string;
}

export function CopyButton({ text, label, icon = "copy", tip }: CopyProps) {
  const { t } = useWords();
  const [done, copy] = useCopy(text);
  return (
    <button
      type="button"
      className={styles.button}
      onClick={copy}
      aria-label={label}
      data-tip={done ? t("copy.done") : tip ? `${label}\n${tip}` : label}
    >
      <Icon name={done ? "check" : icon} size={14} />
    </button>
  );
}

/** A command line to run, with its copy button. */
export function Command({ text }: { text: string }) {
  const { t } = useWords();
  return (
    <div className={styles.command}>
      <code>
        <span aria-hidden="true">$ </span>
        {text}
      </code>
      <CopyButton text={text} label={t("copy.command")} />
    </div>
  );
}

const SHORT = 8;

/** The start of a digest; a click copies the whole. */
export function Digest({ value, children }: { value: string; children?: ReactNode }) {
  const { t } = useWords();
  const [done, copy] = useCopy(value);
  if (!value) return null;
  return (
    <button
      type="button"
      className={styles.digest}
      onClick={copy}
      data-tip={done ? t("copy.done") : `${value}\n${t("copy.hint")}`}
      aria-description={t("copy.digest", { digest: value })}
    >
      {children ?? value.replace(/^sha256:/, "").slice(0, SHORT)}
    </button>
  );
}
