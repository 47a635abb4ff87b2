"""What a format is, and how its files are opened."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TextIO

from windlass.errors import InputError
from windlass.evaluation.datasets import Row
from windlass.evaluation.samples import Item

Columns = Mapping[str, str]
"""The column for each field of an item that is not named as the field: ``{"input": "question"}``."""


@dataclass(frozen=True, slots=True)
class Format:
    """One way to keep a dataset in files."""

    name: str
    description: str
    read: Callable[[Path, Columns], Iterator[Row]]
    """Give a row for each item, as far as the format allows while the file is read."""
    write: Callable[[Iterable[Item], IO[bytes], str], None] | None = None
    """Write items; the last argument is the dataset's name. None where the format is only read."""
    write_folder: Callable[[Iterable[Item], Path, str], None] | None = None
    """Write items into an empty folder, where the format is one of folders."""
    suffixes: tuple[str, ...] = ()
    """Of the files that are written; the first is the usual one."""
    has_columns: bool = False
    """Whether `Columns` mean something here."""


def fields_of(item: Item) -> dict[str, object]:
    """Return an item as JSON, without what it has not."""
    return item.model_dump(mode="json", exclude_defaults=True)


@contextmanager
def opened(path: Path, *, newline: str | None = None) -> Iterator[TextIO]:
    """Open a text file. What cannot be read of it, also later, is an InputError."""
    try:
        # -sig: a byte order mark, as spreadsheets write it, is no part of the first column's name.
        with path.open(encoding="utf-8-sig", newline=newline) as file:
            yield file
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text ({error.reason}): save it as UTF-8.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error


def load_json(path: Path) -> object:
    """Return what a JSON file holds. Raises InputError with the line."""
    with opened(path) as file:
        text = file.read()
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {error.lineno}: this is not JSON: {error.msg}.") from error
    except RecursionError as error:
        raise InputError(f"{path}: this is nested too deeply to be read.") from error


def write_json(value: object, file: IO[bytes]) -> None:
    """Write JSON for people to read and for git to compare."""
    file.write(json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n")
