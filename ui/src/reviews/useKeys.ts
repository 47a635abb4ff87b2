import { useEffect, useRef } from "react";
import { isDialogOpen } from "@/components/Panel";

/** Whether what is typed goes into a text; a radio button takes no letters. */
function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=button])"))
  );
}

const isPressable = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches("button, a, summary");

/** Calls an action by its key, wherever the focus is, but for texts, dialogs and the browser's own shortcuts. */
export function useKeys(actions: Record<string, () => void>) {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.altKey || event.defaultPrevented || event.isComposing || isDialogOpen()) return;
      const held = event.ctrlKey || event.metaKey;
      const submits = event.key === "Enter" && held;
      if (held && !submits) return;
      if (isWriting(event.target)) {
        if (event.key === "Escape") (event.target as HTMLElement).blur();
        if (!submits) return;
      }
      // Enter on a button or a link is theirs.
      if (event.key === "Enter" && isPressable(event.target)) return;
      const action = latest.current[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
