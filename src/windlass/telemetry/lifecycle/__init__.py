"""How long telemetry is kept, and how it is erased."""
