"""Graphs of what agents did: one trace, the steps of many traces, patterns in them, and what is allowed."""
