"""OTLP requests: from a body of bytes to what of it is worth keeping, or one clear sentence."""
