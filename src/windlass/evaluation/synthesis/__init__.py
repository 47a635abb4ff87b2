"""Synthetic items: made by a model of documents, production failures and other items, checked, with provenance."""
