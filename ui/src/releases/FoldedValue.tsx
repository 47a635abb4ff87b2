import { useState } from "react";
import { Icon } from "@/components/Icon";
import { JsonTree } from "@/components/JsonTree";
import { useWords } from "@/i18n/useWords";
import styles from "./Releases.module.css";

/** A value of many parts: how many there are, and all of them on demand. */
export function FoldedValue({ value }: { value: object }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={styles.foldedValue}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name={open ? "down" : "right"} size={11} />
        {t("release.entries", { n: Object.keys(value).length })}
      </button>
      {open && <JsonTree value={value} />}
    </>
  );
}
