import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { environmentsQuery, type TraceFilter } from "@/api/queries";
import { useReleaseIndex } from "@/api/releases";
import type { TraceSummary } from "@/api/types";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import styles from "./FilterBar.module.css";
import { type Choice, FIELDS, readTyped, suggest, withChoice } from "./filters";

interface Props {
  filter: TraceFilter;
  rows: TraceSummary[];
  onChange: (filter: TraceFilter) => void;
}

/** A filter that writes itself: free text searches, `field:` suggests values with their counts. */
export function FilterBar({ filter, rows, onChange }: Props) {
  const { t, format } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const releases = useReleaseIndex();
  const environments = useQuery(environmentsQuery()).data?.items;
  const known = useMemo(
    () => ({
      environments: environments?.map((environment) => environment.name) ?? [],
      releases: [...releases.values()].map(({ digest, name, number }): [string, string] => [
        digest,
        `${name}@${number}`,
      ]),
    }),
    [environments, releases],
  );
  const choices = useMemo(() => suggest(typed, filter, rows, known), [typed, filter, rows, known]);

  const nameOf = (field: keyof TraceFilter, value: string) => {
    const release = field === "release" ? releases.get(value) : undefined;
    if (release) return `${release.name}@${release.number}`;
    if (field === "from" || field === "to") return format.clock(value);
    if (field === "status") return value === "error" ? t("status.error") : t("status.ok");
    return value.replace(/^sha256:(.{8}).*/, "$1");
  };

  function apply(next: TraceFilter) {
    onChange(next);
    setTyped("");
    setAt(-1);
  }

  function remove(field: keyof TraceFilter) {
    apply({ ...filter, [field]: undefined });
    input.current?.focus();
  }

  function submit() {
    const choice = choices[at];
    const { field, text } = readTyped(typed);
    if (choice) apply(withChoice(filter, choice));
    else if (field && text) apply(withChoice(filter, { field, value: text }));
    else if (!field) apply({ ...filter, q: typed.trim() || filter.q });
    setOpen(false);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const last = (Object.keys(filter) as (keyof TraceFilter)[]).filter((field) => filter[field]).at(-1);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt(Math.min(Math.max(at + step, -1), choices.length - 1));
    } else if (event.key === "Enter") submit();
    else if (event.key === "Backspace" && !typed && last) remove(last);
    else if (event.key === "Escape" && open) setOpen(false);
    else return;
    if (event.key !== "Backspace" || !typed) event.preventDefault();
  }

  const active = (Object.entries(filter) as [keyof TraceFilter, string | undefined][]).filter(
    ([, value]) => value,
  );
  return (
    <search className={styles.bar}>
      <Icon name="search" size={14} />
      {active.map(([field, value]) => (
        <span key={field} className={styles.chip}>
          <span className="dim">{t(`filter.${field}`)}</span>
          <span className="num">{nameOf(field, value ?? "")}</span>
          <button
            type="button"
            onClick={() => remove(field)}
            aria-label={t("filter.remove", { field: t(`filter.${field}`) })}
          >
            <Icon name="cross" size={10} />
          </button>
        </span>
      ))}
      <div className={styles.field}>
        <input
          ref={input}
          value={typed}
          role="combobox"
          aria-expanded={open}
          aria-controls="filter-choices"
          aria-activedescendant={at >= 0 ? `filter-choice-${at}` : undefined}
          aria-label={t("filter.label")}
          placeholder={active.length ? t("filter.more") : t("filter.placeholder")}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setAt(readTyped(event.currentTarget.value).field ? 0 : -1);
            setOpen(true);
          }}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
        />
        {open && (
          <div id="filter-choices" role="listbox" aria-label={t("filter.label")} className={styles.choices}>
            {typed && !readTyped(typed).field && (
              <div className={styles.hint}>
                <kbd>↵</kbd> {t("filter.search", { text: typed })}
              </div>
            )}
            {choices.map((choice, index) => (
              <ChoiceRow
                key={`${choice.field}:${choice.value}`}
                choice={choice}
                index={index}
                previous={choices[index - 1]}
                selected={index === at}
                onChoose={() => {
                  apply(withChoice(filter, choice));
                  setOpen(false);
                }}
              />
            ))}
            <div className={styles.hint}>
              {t("filter.fields", { fields: FIELDS.map((field) => `${field}:`).join(" ") })}
            </div>
          </div>
        )}
      </div>
      {active.length > 0 && (
        <button type="button" className={styles.clear} onClick={() => apply({})}>
          {t("traces.clear")}
        </button>
      )}
    </search>
  );
}

interface ChoiceRowProps {
  choice: Choice;
  index: number;
  previous?: Choice;
  selected: boolean;
  onChoose: () => void;
}

function ChoiceRow({ choice, index, previous, selected, onChoose }: ChoiceRowProps) {
  const { t, format } = useWords();
  return (
    <>
      {choice.field !== previous?.field && <div className={styles.group}>{t(`filter.${choice.field}`)}</div>}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the combobox takes the keys */}
      <div
        id={`filter-choice-${index}`}
        role="option"
        tabIndex={-1}
        aria-selected={selected}
        className={styles.choice}
        onPointerDown={(event) => event.preventDefault()}
        onClick={onChoose}
      >
        <span className="clip">{choice.name}</span>
        {choice.count !== undefined && (
          <span className="faint num" data-tip={t("filter.count")}>
            {format.integer(choice.count)}
          </span>
        )}
      </div>
    </>
  );
}
