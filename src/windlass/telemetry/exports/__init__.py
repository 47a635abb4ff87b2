"""Traces as files: OTLP, JSON lines, Parquet."""
