"""Prices of models: the public list, a project's own, and what some tokens cost by them."""
