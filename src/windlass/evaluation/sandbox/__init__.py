"""Code of the registry, run in a process of its own that can do nothing but compute."""
