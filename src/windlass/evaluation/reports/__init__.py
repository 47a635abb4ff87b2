"""Reports: what runs, verdicts and arenas say, as one document for a browser, a terminal or a comment."""
