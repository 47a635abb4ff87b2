import { useNavigate, useSearch } from "@tanstack/react-router";
import { type KeyboardEvent, useState } from "react";
import { type Frontier, type FrontierSearch, marginOf, readSearch } from "@/api/frontier";
import { TextField } from "@/components/Field";
import { Select } from "@/components/Select";
import { useWords } from "@/i18n/useWords";
import styles from "./Runs.module.css";

const BEST = "best";

interface Props {
  found: Frontier;
  names: Map<string, string>;
}

/** What is asked of the runs; the URL holds it. */
export function FrontierControls({ found, names }: Props) {
  const { t } = useWords();
  const navigate = useNavigate({ from: "/runs/frontier" });
  const search = readSearch(useSearch({ from: "/runs/frontier" }));
  const ask = (changed: Partial<FrontierSearch>) =>
    void navigate({ search: { ...search, ...changed }, replace: true });
  const options = (texts: string[]) => texts.map((value) => ({ value, name: value }));
  return (
    <div className={styles.asked}>
      <Select
        label={t("frontier.quality")}
        labelled
        value={found.metric}
        options={options(found.metrics)}
        onChange={(metric) => ask({ metric })}
      />
      <Select
        label={t("frontier.cost")}
        labelled
        value={found.cost}
        options={options(found.costs)}
        onChange={(cost) => ask({ cost })}
      />
      <Select
        label={t("frontier.reference")}
        labelled
        value={search.reference ?? BEST}
        options={[
          { value: BEST, name: t("frontier.best") },
          ...[...names].map(([value, name]) => ({ value, name })),
        ]}
        onChange={(reference) => ask({ reference: reference === BEST ? undefined : reference })}
      />
      <MarginField key={search.margin} margin={search.margin ?? ""} onMargin={(margin) => ask({ margin })} />
    </div>
  );
}

function MarginField({ margin, onMargin }: { margin: string; onMargin: (margin?: string) => void }) {
  const { t } = useWords();
  const [text, setText] = useState(margin);
  const wrong = text.trim() !== "" && marginOf(text) === undefined;
  const done = () => {
    if (!wrong && text.trim() !== margin) onMargin(text.trim() || undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => void (event.key === "Enter" && done());
  return (
    <TextField
      className={styles.margin}
      label={t("frontier.margin")}
      inputMode="decimal"
      placeholder="0.05"
      value={text}
      error={wrong ? t("frontier.margin.wrong") : undefined}
      onText={setText}
      onBlur={done}
      onKeyDown={onKeyDown}
    />
  );
}
