"""Spans and scores: OTLP in, conventions, the writer, and the questions that are asked of them."""
