"""One ASGI app: a thin route module per noun, OTLP, the OpenAI wire format, and the built UI."""
