/** The English texts of a project's settings. */
export const enSettings = {
  "masking.none": "Nothing is masked: what arrives is stored as it is.",
  "masking.set": "Revision {revision} of the rules holds, set by {by}.",

  "retention.forever": "Everything is kept for ever.",
  "retention.kept": "Not everything is kept for ever; the policy was set by {by}.",
};
