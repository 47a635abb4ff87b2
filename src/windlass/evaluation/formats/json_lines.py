"""JSON Lines: an item a line, and a JSON array of the same items."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from windlass.errors import InputError
from windlass.evaluation.datasets import Row, rows_of_lines
from windlass.evaluation.formats.columns import mapped
from windlass.evaluation.formats.format import Columns, fields_of, load_json, opened
from windlass.evaluation.samples import Item


def read_lines(path: Path, columns: Columns) -> Iterator[Row]:
    # "\n" alone: other characters that Unicode calls line ends may stand in JSON unescaped.
    with opened(path, newline="\n") as file:
        for place, fields in rows_of_lines(file, str(path)):
            yield Row(place, _renamed(fields, columns, f"{path}, {place}"))


def write_lines(items: Iterable[Item], file: IO[bytes], _name: str) -> None:
    for item in items:
        file.write(_json(item) + b"\n")


def read_array(path: Path, columns: Columns) -> Iterator[Row]:
    content = load_json(path)
    if not isinstance(content, list):
        raise InputError(f"{path}: a JSON array of items is needed, this is a {type(content).__name__}.")
    for number, fields in enumerate(content, start=1):
        place = f"item {number}"
        yield Row(place, _renamed(fields, columns, f"{path}, {place}"))


def write_array(items: Iterable[Item], file: IO[bytes], _name: str) -> None:
    between = b"[\n"
    for item in items:
        file.write(between + _json(item))
        between = b",\n"
    file.write(b"\n]\n")


def _json(item: Item) -> bytes:
    return json.dumps(fields_of(item), ensure_ascii=False).encode()


def _renamed(fields: object, columns: Columns, place: str) -> object:
    """Where columns are named the rows are a table's; otherwise a field that no item has is a mistake."""
    return mapped(fields, columns, place) if columns and isinstance(fields, dict) else fields
