import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId } from "react";
import styles from "./Field.module.css";

interface Common {
  label: string;
  description?: string;
  error?: string;
  mono?: boolean;
  className?: string;
  onText: (text: string) => void;
}

type InputProps = Common & Omit<InputHTMLAttributes<HTMLInputElement>, keyof Common>;
type AreaProps = Common & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, keyof Common>;

/** The browser's own field in the look of this house, for pages of which it is the first thing. */
export function TextField({ label, description, error, mono, className, onText, ...rest }: InputProps) {
  const id = useId();
  return (
    <Frame {...{ id, label, description, error, className }}>
      <input
        {...rest}
        {...described(id, description, error)}
        className={styles.input}
        data-mono={mono || undefined}
        onChange={(event) => onText(event.currentTarget.value)}
      />
    </Frame>
  );
}

/** The same for texts of several lines: it grows with them. */
export function TextArea({ label, description, error, mono, className, onText, ...rest }: AreaProps) {
  const id = useId();
  return (
    <Frame {...{ id, label, description, error, className }}>
      <textarea
        {...rest}
        {...described(id, description, error)}
        className={styles.input}
        data-mono={mono || undefined}
        onChange={(event) => onText(event.currentTarget.value)}
      />
    </Frame>
  );
}

function described(id: string, description?: string, error?: string) {
  const by = [description && `${id}-about`, error && `${id}-error`].filter(Boolean).join(" ");
  return { id, "aria-describedby": by || undefined, "aria-invalid": error ? true : undefined };
}

interface FrameProps extends Pick<Common, "label" | "description" | "error" | "className"> {
  id: string;
  children: ReactNode;
}

function Frame({ id, label, description, error, className, children }: FrameProps) {
  return (
    <div className={className ? `${styles.field} ${className}` : styles.field}>
      <label htmlFor={id}>{label}</label>
      {description && (
        <span id={`${id}-about`} className={styles.about}>
          {description}
        </span>
      )}
      {children}
      {error && (
        <span id={`${id}-error`} className={styles.error}>
          {error}
        </span>
      )}
    </div>
  );
}
