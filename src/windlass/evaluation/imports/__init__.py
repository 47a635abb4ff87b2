"""Runs that other tools made, read from the files that they write."""
