"""Datasets read from files and written to them, in any format."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from windlass.errors import InputError
from windlass.evaluation.datasets import items_of_rows
from windlass.evaluation.formats.columns import check_columns
from windlass.evaluation.formats.format import Columns, Format
from windlass.evaluation.formats.registry import SUFFIXES, WRITABLE
from windlass.evaluation.samples import Item


def read_items(path: Path, form: Format, columns: Columns | None = None) -> Iterator[Item]:
    """Give the items of a file as they are read, each checked. Raises InputError naming the place of a mistake.

    What can be known before the first item (columns that mean nothing here) is raised by the call itself.
    """
    if columns and not form.has_columns:
        raise InputError(f"{path} is read as {form.name}, which has no columns to choose: leave `--column` out.")
    check_columns(columns or {})
    return items_of_rows(form.read(path, columns or {}), str(path))


def write_items(items: Iterable[Item], path: Path, form: Format, *, name: str = "dataset") -> None:
    """Write a file that is there only when it is whole. Raises InputError."""
    if form.suffixes and path.suffix.lower() in SUFFIXES and not path.name.lower().endswith(form.suffixes):
        raise InputError(f"{path}: a file of {form.name} is named *{' or *'.join(form.suffixes)}.")
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("wb") as file:
            write_to(items, file, form, name=name)
        temporary.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        temporary.unlink(missing_ok=True)


def write_to(items: Iterable[Item], file: IO[bytes], form: Format, *, name: str = "dataset") -> None:
    """Write items into an open file. Raises InputError for a format that is only read."""
    if form.write is None:
        raise InputError(f"{form.name} is only read here; the formats to write are {', '.join(WRITABLE)}.")
    form.write(items, file, name)
