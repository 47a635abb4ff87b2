"""Judges: models that grade answers, as evaluators."""
