"""Gates that look while the samples come in, and need no more of them than it takes to decide."""
