import { json } from "@codemirror/lang-json";
import { foldGutter, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { colours, look } from "./editorLook";

/** Read-only text with wrap, folds and search (Ctrl F), in the colours of the page. */
export function readOnly(language: "json" | "text", numbered: boolean): Extension[] {
  return [
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ tabindex: "0" }),
    EditorView.lineWrapping,
    search({ top: true }),
    highlightSelectionMatches(),
    keymap.of(searchKeymap),
    look,
    syntaxHighlighting(colours),
    numbered ? lineNumbers() : [],
    language === "json" ? [json(), foldGutter()] : [],
  ];
}
