import type { ReactNode } from "react";
import { useWords } from "@/i18n/useWords";
import type { ConditionChoice } from "./conditions";
import styles from "./FilterBar.module.css";
import { type Choice, FIELDS, readTyped } from "./filters";

/** A value of a field, or a condition: whole, or its field that waits for a value. */
export type Offer = { kind: "field"; choice: Choice } | { kind: "condition"; choice: ConditionChoice };

interface Props {
  id: string;
  typed: string;
  offers: Offer[];
  at: number;
  onChoose: (offer: Offer) => void;
}

const groupOf = (offer: Offer | undefined) => (offer?.kind === "field" ? offer.choice.field : offer?.kind);

export function FilterChoices({ id, typed, offers, at, onChoose }: Props) {
  const { t, format } = useWords();
  return (
    <div id={id} role="listbox" aria-label={t("filter.label")} className={styles.choices}>
      {typed && !readTyped(typed).field && offers.every(({ kind }) => kind === "field") && (
        <Hint>
          <kbd>↵</kbd> {t("filter.search", { text: typed })}
        </Hint>
      )}
      {offers.map((offer, index) => {
        const { name, count } = offer.choice;
        return (
          <div key={`${groupOf(offer)} ${name}`} role="presentation">
            {groupOf(offer) !== groupOf(offers[index - 1]) && (
              <div className={styles.group} role="presentation">
                {offer.kind === "field" ? t(`filter.${offer.choice.field}`) : t("filter.conditions")}
              </div>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the combobox takes the keys */}
            <div
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              className={styles.choice}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => onChoose(offer)}
            >
              <span className={`${offer.kind === "condition" ? "mono" : ""} clip`}>{name}</span>
              {count !== undefined && (
                <span className="faint num" data-tip={t("filter.count")}>
                  {format.integer(count)}
                </span>
              )}
            </div>
          </div>
        );
      })}
      <Hint>
        {offers.some(({ kind }) => kind === "condition")
          ? t("filter.operators")
          : t("filter.fields", { fields: FIELDS.map((field) => `${field}:`).join(" ") })}
      </Hint>
    </div>
  );
}

function Hint({ children }: { children: ReactNode }) {
  return (
    <div className={styles.hint} role="presentation">
      {children}
    </div>
  );
}
