"""Who may do what, and who did what: principals, API keys, permissions, and the audit chain."""
