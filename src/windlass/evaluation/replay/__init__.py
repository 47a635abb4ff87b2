"""Replay: recorded traces run again against a candidate, whose tools answer from the record."""
