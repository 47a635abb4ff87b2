"""Evaluators that compute: each family of metrics in a file of its own; the docstrings are the definitions."""
