"""The words of verdicts and reports, in the languages that they can be read in."""
