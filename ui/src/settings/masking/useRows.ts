import { useRef, useState } from "react";
import { type Row, rowOf, without } from "./rules";

/** A list of rules of which one is open: what its rows and its button need to open, add and remove. */
export function useRows<T>(rows: Row<T>[], onChange: (rows: Row<T>[]) => void, fresh: T) {
  const [open, setOpen] = useState<number>();
  const addButton = useRef<HTMLButtonElement>(null);

  function add() {
    const row = rowOf(fresh);
    onChange([...rows, row]);
    setOpen(row.key);
  }

  function remove(key: number) {
    onChange(without(rows, key));
    addButton.current?.focus();
  }

  const controlsOf = (key: number) => ({
    open: open === key,
    onOpen: (shown: boolean) => setOpen(shown ? key : undefined),
    onRemove: () => remove(key),
  });
  return { addButton, add, controlsOf };
}
