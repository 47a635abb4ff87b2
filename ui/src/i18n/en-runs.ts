/** English texts of how runs end and what they spend. */
export const enRuns = {
  "run.why.refused": "refused by the provider",
  "run.why.timeout": "took too long",
};
