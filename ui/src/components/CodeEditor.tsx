import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { readOnly } from "./editor";

export interface CodeProps {
  text: string;
  language: "json" | "text";
  label: string;
}

/** Loaded on demand through Code.tsx. */
export function CodeEditor({ text, language, label }: CodeProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return;
    const view = new EditorView({
      doc: text,
      parent: host.current,
      extensions: [readOnly(language, true), EditorView.contentAttributes.of({ "aria-label": label })],
    });
    return () => view.destroy();
  }, [text, language, label]);
  return <div ref={host} />;
}
