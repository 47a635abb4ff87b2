"""Statistics of runs and gates: pure functions of numbers, each with its source."""
