"""Cascades fitted on two runs: whom to ask first, and when its answer is not enough."""
