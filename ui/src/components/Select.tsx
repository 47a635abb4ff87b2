import type { ReactNode } from "react";
import { Icon } from "./Icon";
import styles from "./Select.module.css";

export interface Option {
  value: string;
  name: string;
}

interface SelectProps {
  label: string;
  /** Shows the label above; else it is only read aloud. */
  labelled?: boolean;
  value: string;
  options: readonly Option[];
  onChange: (value: string) => void;
}

/** The browser's own select in the look of this house: right on every device and keyboard. */
export function Select({ label, labelled, value, options, onChange }: SelectProps): ReactNode {
  return (
    <label className={styles.field} data-labelled={labelled || undefined}>
      <span className={labelled ? styles.label : "visually-hidden"}>{label}</span>
      <span className={styles.box}>
        <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.name}
            </option>
          ))}
        </select>
        <Icon name="down" size={11} />
      </span>
    </label>
  );
}
