"""Texts in files that people wrote."""

from pathlib import Path

from windlass.errors import InputError


def read_text(path: Path) -> str:
    """Return a file's text. Raises InputError."""
    try:
        # -sig: a byte order mark, as editors on Windows write it, is no part of the text.
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as UTF-8 text: {error}.") from error
