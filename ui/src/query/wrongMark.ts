import { type Extension, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";

/** Where a statement could not be read, or nothing. */
const setWrong = StateEffect.define<number | undefined>();

const mark = Decoration.mark({ class: "cm-wrong" });
const NOTHING = Decoration.none;

/** The word at a place; at the end of the text the last character, for there must be something to mark. */
function markAt(text: string, place: number): DecorationSet {
  const from = Math.min(place, text.trimEnd().length - 1);
  if (from < 0) return NOTHING;
  const word = /^[\w.]+/.exec(text.slice(from))?.[0] ?? text.charAt(from);
  return Decoration.set(mark.range(from, from + word.length));
}

const field = StateField.define<DecorationSet>({
  create: () => NOTHING,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setWrong)) continue;
      return effect.value === undefined ? NOTHING : markAt(transaction.newDoc.toString(), effect.value);
    }
    // Once somebody mends the text, nothing is known to be wrong with it.
    return transaction.docChanged ? NOTHING : marks;
  },
  provide: (own) => EditorView.decorations.from(own),
});

export const wrongMark: Extension = [
  field,
  EditorView.theme({
    ".cm-wrong": {
      backgroundColor: "var(--bad-soft)",
      textDecoration: "underline wavy var(--bad-line)",
      textUnderlineOffset: "3px",
    },
  }),
];

export const showWrong = (view: EditorView, place: number | undefined) =>
  view.dispatch({ effects: setWrong.of(place) });
