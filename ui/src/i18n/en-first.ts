/** The English texts of the first steps, which a server without anything in it shows. */
export const enFirst = {
  "first.demo": "See it whole",
  "first.demo.text": "Builds a small assistant, measures three releases of it, promotes one and serves it.",
  "first.eval": "Evaluate a release",
  "first.eval.text": "Each item of the dataset becomes a trace with scores.",
  "first.gate": "Compare with what you have",
  "first.gate.text": "A paired test on the same items: pass, fail or not enough data.",
  "first.promote": "Promote what passed",
  "first.promote.text": "The release goes live, and the audit chain keeps the reason and the evidence.",
  "first.push": "Or push your own files",
  "first.push.text": "Prompts, datasets, indexes and releases from your repository become versions.",
  "first.text": "Everything here starts from a release. The loop takes five commands.",
  "first.title": "Nothing runs here yet",
};
