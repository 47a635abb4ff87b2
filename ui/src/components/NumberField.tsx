import type { ComponentProps } from "react";
import { TextField } from "./Field";

interface Props extends Omit<ComponentProps<typeof TextField>, "inputMode" | "type" | "min" | "step"> {
  /** Whether only whole numbers from 1 are meant, as of tokens; else any from 0. */
  whole?: boolean;
}

/** A field of a number that may be left out. */
export function NumberField({ whole = false, ...rest }: Props) {
  return (
    <TextField
      {...rest}
      type="number"
      inputMode={whole ? "numeric" : "decimal"}
      min={whole ? "1" : "0"}
      step={whole ? "1" : "any"}
    />
  );
}

/** What a field of a number says; an empty one says nothing. */
export const numberIn = (text: string) => (text.trim() === "" ? null : Number(text));
