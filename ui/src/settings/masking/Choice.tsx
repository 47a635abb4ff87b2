import { type ReactNode, useId } from "react";
import styles from "./Masking.module.css";

interface Props {
  name: string;
  /** What it is, or what it looks like. */
  detail: string;
  mono?: boolean;
  on: boolean;
  disabled: boolean;
  onChange: (on: boolean) => void;
  children: ReactNode;
}

/** A rule that is on or off, with what it has masked. */
export function Choice({ name, detail, mono, on, disabled, onChange, children }: Props) {
  const detailId = useId();
  return (
    <li className={styles.choice} data-on={on || undefined}>
      <label>
        <input
          type="checkbox"
          checked={on}
          disabled={disabled}
          aria-label={name}
          aria-describedby={detailId}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        <span className={styles.words}>
          <span>{name}</span>
          <span id={detailId} className={`${mono ? "mono" : styles.small} faint`}>
            {detail}
          </span>
        </span>
      </label>
      {children}
    </li>
  );
}
