"""CSV and TSV: a header, and a row an item. Cells are text but in `:json` columns; an empty one is nothing."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from windlass.errors import InputError
from windlass.evaluation.datasets import Row
from windlass.evaluation.formats.columns import JSON, NULL, check_header, from_json, mapped, table_of
from windlass.evaluation.formats.format import Columns, opened
from windlass.evaluation.samples import Item

if TYPE_CHECKING:
    from _csv import Reader as _Reader
    from _csv import Writer as _Writer

_DELIMITERS: Final = (",", ";", "\t")

# The module's own limit is 128 KiB; a cell may hold a document.
csv.field_size_limit(64 * 2**20)


def read_csv(path: Path, columns: Columns) -> Iterator[Row]:
    """Read a CSV file; semicolons and tabs separate cells, too, where the header has no commas."""
    return _read(path, columns, _delimiter(path))


def read_tsv(path: Path, columns: Columns) -> Iterator[Row]:
    """Read a TSV file; one that is named so and has no tab in its header is read as CSV."""
    return _read(path, columns, "\t" if "\t" in _header(path) else _delimiter(path))


def header_of(path: Path) -> list[str]:
    """Return the names of the columns of a CSV file; none of one that is not CSV from its first line on."""
    try:
        return next(csv.reader([_header(path)], delimiter=_delimiter(path)), [])
    except csv.Error:
        return []


def read_cells(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the rows of a CSV file as they stand, by column, with the place of each. Raises InputError."""
    for place, header, cells in _rows(path, _delimiter(path)):
        if place:
            yield place, dict(zip(header, cells, strict=True))


def _read(path: Path, columns: Columns, delimiter: str) -> Iterator[Row]:
    for place, header, cells in _rows(path, delimiter):
        if not place:
            check_header(header, columns, str(path))
            continue
        yield Row(place, mapped(_values(header, cells, f"{path}, {place}"), columns, f"{path}, {place}"))


def _rows(path: Path, delimiter: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Give the header, without a place, and then each row with its place and the header."""
    with opened(path, newline="") as file:
        rows = _numbered(csv.reader(file, delimiter=delimiter, strict=True), path)
        _, header = next(rows, (1, []))
        yield "", header, []
        for line, cells in rows:
            place = f"line {line}"
            if len(cells) != len(header):
                raise InputError(
                    f"{path}, {place}: the header has {len(header)} columns, and this row {len(cells)}; "
                    "a cell with a separator or a line break in it stands in quotes."
                )
            yield place, header, cells


def write_csv(items: Iterable[Item], file: IO[bytes], _name: str) -> None:
    _write(items, file, ",")


def write_tsv(items: Iterable[Item], file: IO[bytes], _name: str) -> None:
    """Write tabs between cells; a cell with a tab, a quote or a line break in it stands in quotes, as in CSV."""
    _write(items, file, "\t")


def _write(items: Iterable[Item], file: IO[bytes], delimiter: str) -> None:
    table = table_of(items)
    as_json = {name for name, cells in table.items() if name.endswith(JSON) or not all(map(_is_plain, cells))}
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer, careful = (
        csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\n")
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)
    )
    _write_row(writer, careful, [name + JSON if name in as_json else name for name in table])
    for cells in zip(*table.values(), strict=True):
        row = [_cell(cell, name in as_json) for name, cell in zip(table, cells, strict=True)]
        _write_row(writer, careful, row)
    # The file is its opener's to close.
    text.detach()


def _header(path: Path) -> str:
    with opened(path, newline="") as file:
        return file.readline()


def _delimiter(path: Path) -> str:
    header = _header(path)
    return max(_DELIMITERS, key=lambda each: (header.count(each) > 0, -_DELIMITERS.index(each)))


def _numbered(reader: "_Reader", path: Path) -> Iterator[tuple[int, list[str]]]:
    """Give the rows that are not blank with the line that each begins on."""
    begins = 1
    try:
        for cells in reader:
            if cells:
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{path}, line {begins}: the row that begins here is not CSV: {error}.") from error


def _values(header: list[str], cells: list[str], place: str) -> dict[str, object]:
    """Return a row by its columns; an empty cell is None, so that its column is there all the same."""
    return {
        name.removesuffix(JSON): _value(name, cell, place) if cell != "" else None
        for name, cell in zip(header, cells, strict=True)
    }


def _value(name: str, cell: str, place: str) -> object:
    return from_json(name, cell, place) if name.endswith(JSON) else cell


def _write_row(writer: "_Writer", careful: "_Writer", row: list[str]) -> None:
    # Where lines end in "\n" the module leaves a "\r" unquoted, and reads it as the end of a line.
    (careful if any("\r" in cell for cell in row) else writer).writerow(row)


def _is_plain(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and cell != "")


def _cell(value: object, as_json: bool) -> str:
    if value is None:
        return ""
    if as_json:
        return json.dumps(None if value is NULL else value, ensure_ascii=False)
    assert isinstance(value, str)
    return value
