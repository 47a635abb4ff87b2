"""Agents by URL as targets of runs: one module for each protocol, and what they share."""
