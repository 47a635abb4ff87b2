import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, lazy, Suspense, useMemo, useRef, useState } from "react";
import { ApiError } from "@/api/client";
import { environmentsQuery, type TraceFilter } from "@/api/queries";
import { useReleaseIndex } from "@/api/releases";
import { Icon } from "@/components/Icon";
import type { TextKey } from "@/i18n/catalogue";
import { useWords } from "@/i18n/useWords";
import { type Listed, readCondition, suggestConditions, withCondition } from "./conditions";
import styles from "./FilterBar.module.css";
import { type Chip, chipsOf, FilterChips } from "./FilterChips";
import type { Offer } from "./FilterChoices";
import { readTyped, suggest, withChoice } from "./filters";

const FilterChoices = lazy(() =>
  import("./FilterChoices").then((module) => ({ default: module.FilterChoices })),
);

interface Props {
  filter: TraceFilter;
  rows: Listed[];
  onChange: (filter: TraceFilter) => void;
  /** Asks for the list that a filter gives: a refusal says what is wrong with the filter. */
  check: (filter: TraceFilter) => Promise<unknown>;
  /** What is filtered. */
  label?: TextKey;
}

const CHOICES = "filter-choices";

/** A filter that writes itself: free text searches, `field:` and conditions suggest values with their counts. */
export function FilterBar({ filter, rows, onChange, check, label = "filter.label" }: Props) {
  const { t } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const [wrong, setWrong] = useState("");
  const offers = useOffers(typed, filter, rows);
  const chips = chipsOf(filter);

  function write(text: string) {
    setTyped(text);
    setWrong("");
    setAt(readTyped(text).field ? 0 : -1);
  }

  function apply(next: TraceFilter) {
    onChange(next);
    write("");
  }

  function remove(chip: Chip) {
    apply(chip.without);
    input.current?.focus();
  }

  /** A condition that the server refuses stays in the field with its sentence; it never becomes a chip. */
  async function addCondition(text: string) {
    const next = withCondition(filter, text);
    try {
      await check(next);
    } catch (error) {
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) {
        setWrong(error.message);
        return;
      }
    }
    apply(next);
  }

  function choose({ kind, choice }: Offer) {
    setOpen(false);
    if (kind === "field") apply(withChoice(filter, choice));
    else if (choice.whole) void addCondition(choice.text);
    else {
      write(choice.text);
      setOpen(true);
      input.current?.focus();
    }
  }

  function submit() {
    const offer = offers[at];
    const { field, text } = readTyped(typed);
    if (offer) {
      choose(offer);
      return;
    }
    setOpen(false);
    if (field && text) apply(withChoice(filter, { field, value: text }));
    else if (readCondition(typed)) void addCondition(typed);
    else if (!field) apply({ ...filter, q: typed.trim() || filter.q });
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const last = chips.at(-1);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt(Math.min(Math.max(at + step, -1), offers.length - 1));
    } else if (event.key === "Enter") submit();
    else if (event.key === "Backspace" && !typed && last) remove(last);
    else if (event.key === "Escape" && open) setOpen(false);
    else return;
    event.preventDefault();
  }

  return (
    <search className={styles.bar}>
      <Icon name="search" size={14} />
      <FilterChips chips={chips} onRemove={remove} />
      <div className={styles.field}>
        <input
          ref={input}
          value={typed}
          role="combobox"
          aria-expanded={open}
          aria-controls={CHOICES}
          aria-activedescendant={at >= 0 ? `${CHOICES}-${at}` : undefined}
          aria-label={t(label)}
          aria-invalid={wrong !== ""}
          aria-errormessage={wrong ? "filter-wrong" : undefined}
          placeholder={chips.length ? t("filter.more") : t("filter.placeholder")}
          onChange={(event) => {
            write(event.currentTarget.value);
            setOpen(true);
          }}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
        />
        {open && (
          <Suspense fallback={null}>
            <FilterChoices id={CHOICES} typed={typed} offers={offers} at={at} onChoose={choose} />
          </Suspense>
        )}
      </div>
      {chips.length > 0 && (
        <button type="button" className={styles.clear} onClick={() => apply({})}>
          {t("traces.clear")}
        </button>
      )}
      {wrong && (
        <p id="filter-wrong" className={styles.wrong} role="alert">
          {wrong}
        </p>
      )}
    </search>
  );
}

function useOffers(typed: string, filter: TraceFilter, rows: Listed[]): Offer[] {
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
  return useMemo(() => {
    const conditions = readTyped(typed).field ? [] : suggestConditions(typed, rows);
    const fields = readCondition(typed) ? [] : suggest(typed, filter, rows, known);
    return [
      ...fields.map((choice): Offer => ({ kind: "field", choice })),
      ...conditions.map((choice): Offer => ({ kind: "condition", choice })),
    ];
  }, [typed, filter, rows, known]);
}
