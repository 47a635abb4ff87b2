"""Datasets in the formats that people have: a module for each, read into items and written from them."""
