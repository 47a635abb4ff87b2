"""Gates: what a rule asks of two runs, what is decided, and the verdict that is kept of it."""
