import { TextInput } from "@mantine/core";
import { useWords } from "@/i18n/useWords";
import { type Draft, type FieldProblem, RATES } from "./draft";
import styles from "./Prices.module.css";

interface Props {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
  problem?: FieldProblem;
}

const LIKE = {
  input: undefined,
  output: undefined,
  cache_read: "prices.like_input",
  cache_write: "prices.like_input",
  reasoning: "prices.like_output",
} as const;

/** The dollars a million tokens of each kind; an optional one that is left empty costs as its kind does. */
export function RateFields({ draft, onChange, problem }: Props) {
  const { t } = useWords();
  return (
    <fieldset className={styles.rates}>
      <legend className="dim">{t("prices.per")}</legend>
      {RATES.map((name) => {
        const like = LIKE[name];
        return (
          <TextInput
            key={name}
            label={t(`prices.${name}`)}
            inputMode="decimal"
            placeholder={like ? t(like) : undefined}
            value={draft[name]}
            onChange={(event) => onChange({ [name]: event.currentTarget.value })}
            error={problem?.field === name ? problem.sentence : undefined}
            classNames={{ input: "num" }}
            autoComplete="off"
            data-autofocus={name === "input" || undefined}
          />
        );
      })}
    </fieldset>
  );
}
