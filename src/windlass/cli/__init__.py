"""The command line: one module per noun; each command parses, calls one function and prints."""
