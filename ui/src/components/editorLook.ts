import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** Editors in the colours of the page. */
export const look = EditorView.theme({
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

export const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--code-key)" },
  { tag: tags.string, color: "var(--code-string)" },
  { tag: tags.number, color: "var(--code-number)" },
  { tag: [tags.bool, tags.null, tags.keyword], color: "var(--code-keyword)" },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], color: "var(--faint)" },
]);
