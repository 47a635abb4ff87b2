/** The English texts of runs that ask each item several times, or were made elsewhere. */
export const enRepeats = {
  "repeats.count": "Repeats",
  "repeats.of": "Repeat {n} of {total}",
  "repeats.pass": "All of k tries pass, and one of them at least",
  "repeats.pass.at": "pass@{k}: {rate} that one of {k} tries passes ({low} – {high})",
  "repeats.pass.hat": "pass^{k}: {rate} that {k} tries all pass ({low} – {high})",
  "repeats.samples": "Samples",
  "repeats.source": "imported from",
};
