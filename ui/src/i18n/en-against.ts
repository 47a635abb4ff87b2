/** The English texts of the comparison of two traces. */
export const enAgainst = {
  "against.added": "Only here",
  "against.changed": "Changed",
  "against.choose": "Compare with",
  "against.close": "End the comparison",
  "against.latest": "Newest traces of the same name",
  "against.none": "No other trace has this name.",
  "against.removed": "Only there",
  "against.same": "Texts, model, tokens and status are the same.",
  "against.summary": "{changed} changed, {added} added, {removed} removed",
  "against.this": "This trace",
  "against.that": "Compared with",
  "against.tree": "Spans of both traces",
};
