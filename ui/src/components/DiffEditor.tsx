import { unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { useWords } from "@/i18n/useWords";
import { readOnly } from "./editor";

export interface DiffProps {
  before: string;
  after: string;
  label: string;
}

/** Two texts as one with the changed lines marked; loaded on demand through Code.tsx. */
export function DiffEditor({ before, after, label }: DiffProps) {
  const { t } = useWords();
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return;
    const view = new EditorView({
      doc: after,
      parent: host.current,
      extensions: [
        readOnly("text", true),
        // The editor puts the number where the dollar sign stands.
        EditorState.phrases.of({ "$ unchanged lines": t("diff.unchanged") }),
        unifiedMergeView({
          original: before,
          mergeControls: false,
          gutter: true,
          collapseUnchanged: { margin: 3, minSize: 6 },
        }),
        EditorView.contentAttributes.of({ "aria-label": label }),
      ],
    });
    return () => view.destroy();
  }, [before, after, label, t]);
  return <div ref={host} />;
}
