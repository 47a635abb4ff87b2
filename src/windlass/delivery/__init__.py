"""From files in a git repository to what runs: pushing and pulling, and the ready-made assistants."""
