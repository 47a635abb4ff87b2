import { json } from "@codemirror/lang-json";
import { foldGutter, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const look = EditorView.theme({
  "&": { backgroundColor: "transparent", color: "var(--text)", fontSize: "12px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", fontVariantLigatures: "none" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--faint)", border: "none" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent) !important",
  },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--text)" },
  ".cm-changedLine": { backgroundColor: "color-mix(in srgb, var(--good-line) 11%, transparent) !important" },
  ".cm-deletedChunk": { backgroundColor: "color-mix(in srgb, var(--bad-line) 10%, transparent) !important" },
  ".cm-changedText": { background: "color-mix(in srgb, var(--good-line) 30%, transparent) !important" },
  ".cm-deletedChunk .cm-deletedText": {
    background: "color-mix(in srgb, var(--bad-line) 30%, transparent) !important",
  },
  ".cm-deletedLine": { textDecoration: "none" },
  ".cm-collapsedLines::before, .cm-collapsedLines::after": { content: "'⋯'" },
  ".cm-collapsedLines": { background: "var(--sunken)", color: "var(--dim)", fontFamily: "var(--font)" },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--code-key)" },
  { tag: tags.string, color: "var(--code-string)" },
  { tag: tags.number, color: "var(--code-number)" },
  { tag: [tags.bool, tags.null, tags.keyword], color: "var(--code-keyword)" },
]);

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
