"""Engines only: the database of records, the warehouse of spans and scores, blobs and jobs."""
