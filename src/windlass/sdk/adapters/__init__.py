"""Metrics of other libraries as evaluators, by what those promise in public; windlass installs none of them."""
