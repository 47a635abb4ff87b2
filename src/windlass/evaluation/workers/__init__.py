"""One run on several processes: what is shared out, who has which part, and what comes back, in PostgreSQL."""
