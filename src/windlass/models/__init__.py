"""Calling models: providers, prices, the offline baseline and embeddings."""
