"""The calls that one run makes of its models: how many at once, how often, and what becomes of refusals."""
