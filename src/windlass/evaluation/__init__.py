"""Datasets, evaluators, the runner, statistics and gates: what turns a release into a verdict."""
