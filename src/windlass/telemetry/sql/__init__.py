"""Read-only SQL over a project's own spans, traces and scores."""
