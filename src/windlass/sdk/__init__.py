"""What a user's code calls; its names are reached as `windlass.init`, `windlass.trace` and so on."""
