"""Documents, chunks, indexes and hybrid search."""
