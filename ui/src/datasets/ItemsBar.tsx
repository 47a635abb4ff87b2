import { Button } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import type { DatasetVersion } from "@/api/datasets";
import { Icon } from "@/components/Icon";
import { isDialogOpen, isTyping } from "@/components/Panel";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import styles from "./Datasets.module.css";

const MadeBar = lazy(() => import("./MadeBar").then((module) => ({ default: module.MadeBar })));

const TYPING_MS = 180;
/** In the URL: the items that are in no split. */
const NO_SPLIT = "-";

interface Props {
  version: DatasetVersion;
  /** How many items the search means; null while that is not known. */
  matches: number | null;
  /** Edits whose items the list does not show. */
  hidden: number;
  canAdd: boolean;
  onAdd: () => void;
}

export function ItemsBar({ version, matches, hidden, canAdd, onAdd }: Props) {
  const { t, format } = useWords();
  const navigate = useNavigate({ from: "/datasets/$name" });
  const { q, split, made } = useSearch({ from: "/datasets/$name" });
  const splits = Object.entries(version.splits);
  const searched = q !== undefined || split !== undefined || made !== undefined;
  return (
    <div className={styles.bar}>
      <SearchField />
      {(splits.length > 1 || splits.some(([name]) => name)) && (
        <Select
          label={t("items.split")}
          value={split ?? ""}
          onChange={(value) =>
            void navigate({ search: (before) => ({ ...before, split: value || undefined }), replace: true })
          }
          options={[
            { value: "", name: t("items.all_splits") },
            ...splits.map(([name, count]) => ({
              value: name || NO_SPLIT,
              name: `${name || t("items.no_split")} · ${format.integer(count)}`,
            })),
          ]}
        />
      )}
      <Suspense fallback={null}>
        <MadeBar version={version} />
      </Suspense>
      <span className={`${styles.count} dim num`} aria-live="polite">
        {matches === null
          ? ""
          : searched
            ? t("items.matches", { n: matches, total: version.count })
            : t("items.count", { n: version.count })}
        <span className="faint"> · {format.bytes(version.size_bytes)}</span>
        {hidden > 0 && <span> · {t("pending.hidden", { n: hidden })}</span>}
      </span>
      {canAdd && (
        <Button variant="default" leftSection={<Icon name="plus" size={13} />} onClick={onAdd}>
          {t("items.add")}
        </Button>
      )}
    </div>
  );
}

/** Searches as one types; / goes there, Esc empties it. */
function SearchField() {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/datasets/$name" });
  const { q } = useSearch({ from: "/datasets/$name" });
  const [text, setText] = useState(q ?? "");
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (text === (q ?? "")) return;
    const timer = window.setTimeout(
      () => void navigate({ search: (before) => ({ ...before, q: text || undefined }), replace: true }),
      TYPING_MS,
    );
    return () => window.clearTimeout(timer);
  }, [text, q, navigate]);

  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key !== "/" || isTyping(event) || isDialogOpen()) return;
      event.preventDefault();
      field.current?.focus();
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  return (
    <label className={styles.search}>
      <span className="visually-hidden">{t("items.search")}</span>
      <Icon name="search" size={14} />
      <input
        ref={field}
        type="search"
        value={text}
        placeholder={t("items.search")}
        data-tip={t("items.search.tip")}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || !text) return;
          event.preventDefault();
          event.stopPropagation();
          setText("");
        }}
      />
    </label>
  );
}
