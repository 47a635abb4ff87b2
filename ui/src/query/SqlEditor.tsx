import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, Prec } from "@codemirror/state";
import { EditorView, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import type { SqlTable } from "@/api/sql";
import { colours, look } from "@/components/editorLook";
import { readOnlySql } from "./dialect";
import { showWrong, wrongMark } from "./wrongMark";

export interface EditorHandle {
  /** Puts a word where the cursor is. */
  insert: (text: string) => void;
  focus: () => void;
}

export interface EditorProps {
  value: string;
  onChange: (value: string) => void;
  onRun: (value: string) => void;
  tables: readonly SqlTable[];
  label: string;
  hint: string;
  /** Where the statement could not be read. */
  wrongAt: number | undefined;
  ref: Ref<EditorHandle>;
}

const written = EditorView.theme({
  "&": { height: "100%" },
  ".cm-content": { padding: "10px 0", caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-placeholder": { color: "var(--faint)" },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--selected)",
    outline: "1px solid var(--line-strong)",
  },
  ".cm-tooltip": {
    border: "1px solid var(--line-strong)",
    borderRadius: "6px",
    backgroundColor: "var(--raised)",
    color: "var(--text)",
    boxShadow: "var(--shadow)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxWidth: "min(420px, 90vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "2px 8px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--selected)",
    color: "var(--text)",
  },
  ".cm-completionDetail": { color: "var(--faint)", fontStyle: "normal" },
  ".cm-completionMatchedText": { textDecoration: "none", color: "var(--accent)" },
  ".cm-tooltip.cm-completionInfo": { padding: "4px 8px", fontFamily: "var(--mono)" },
});

function insert(view: EditorView, text: string) {
  const { from, to } = view.state.selection.main;
  const before = view.state.sliceDoc(from - 1, from);
  // A name next to another would be one word with it.
  const put = /[\w)'"`,]/.test(before) ? ` ${text}` : text;
  view.dispatch({ changes: { from, to, insert: put }, selection: { anchor: from + put.length } });
  view.focus();
}

/** Loaded on demand. Ctrl or Cmd with Enter runs; Tab leaves the editor, as everywhere on the page. */
export function SqlEditor({ value, onChange, onRun, tables, label, hint, wrongAt, ref }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const language = useRef(new Compartment());
  const names = useRef(new Compartment());
  const heard = useRef({ onChange, onRun });
  heard.current = { onChange, onRun };

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; what changes is told to it below
  useEffect(() => {
    const run = (editor: EditorView) => {
      heard.current.onRun(editor.state.doc.toString());
      return true;
    };
    const made = new EditorView({
      doc: value,
      parent: host.current ?? undefined,
      extensions: [
        Prec.highest(keymap.of([{ key: "Mod-Enter", run }])),
        history(),
        lineNumbers(),
        EditorView.lineWrapping,
        bracketMatching(),
        closeBrackets(),
        autocompletion({ icons: false }),
        search({ top: true }),
        highlightSelectionMatches(),
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        look,
        written,
        syntaxHighlighting(colours),
        wrongMark,
        language.current.of([]),
        names.current.of([]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) heard.current.onChange(update.state.doc.toString());
        }),
      ],
    });
    view.current = made;
    return () => made.destroy();
  }, []);

  useEffect(() => {
    view.current?.dispatch({ effects: language.current.reconfigure(readOnlySql(tables)) });
  }, [tables]);

  useEffect(() => {
    const words = [placeholder(hint), EditorView.contentAttributes.of({ "aria-label": label })];
    view.current?.dispatch({ effects: names.current.reconfigure(words) });
  }, [label, hint]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    const whole = { from: 0, to: editor.state.doc.length, insert: value };
    editor.dispatch({ changes: whole, selection: { anchor: value.length } });
  }, [value]);

  useEffect(() => {
    if (view.current) showWrong(view.current, wrongAt);
  }, [wrongAt]);

  useImperativeHandle(ref, () => ({
    insert: (text) => {
      if (view.current) insert(view.current, text);
    },
    focus: () => view.current?.focus(),
  }));

  return <div ref={host} style={{ height: "100%" }} />;
}
