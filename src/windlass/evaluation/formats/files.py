"""Datasets read from files and written to them, in any format."""

import shutil
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
    """Write a file (or folder, by the format) that is there only when it is whole. Raises InputError."""
    if form.write_folder is not None:
        _write_folder(items, path, form, name)
        return
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


def _write_folder(items: Iterable[Item], path: Path, form: Format, name: str) -> None:
    assert form.write_folder is not None
    if path.exists():
        raise InputError(f"{path} is there already: {form.name} is written into a folder of its own.")
    temporary = path.with_name(f".{path.name}.part")
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        form.write_folder(items, temporary, name)
        temporary.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_to(items: Iterable[Item], file: IO[bytes], form: Format, *, name: str = "dataset") -> None:
    """Write items into an open file. Raises InputError for a format that is no single file."""
    if form.write is None:
        raise InputError(
            f"{form.name} is a folder, which `windlass pull --format {form.name} -o FOLDER` writes; one file is "
            f"{', '.join(WRITABLE)}."
        )
    form.write(items, file, name)
