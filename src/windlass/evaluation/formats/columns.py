"""Items as rows of a table, and rows of tables as items.

A column `input`, `reference`, `id` or `split` is that field, `input.<name>` a value of an input that is an object,
any other column is metadata (`metadata.<name>` where the name alone would mean something else). A name that ends
in `:json` says that the cells hold JSON, for values that the table has no type for.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from windlass.errors import InputError
from windlass.evaluation.formats.format import Columns, fields_of
from windlass.evaluation.samples import Item

JSON: Final = ":json"

_FIELDS: Final = ("id", "input", "reference", "split")
_GROUPS: Final = ("input", "metadata")


def mapped(row: Mapping[str, object], columns: Columns, place: str) -> dict[str, object]:
    """Return an item's fields from the cells of a row; cells that are None are not there.

    A column that is named for a field may be a path into an object (`answers.text`). Raises InputError.
    """
    taken = set(columns.values())
    fields: dict[str, object] = {}
    for column, cell in row.items():
        if cell is not None and column not in taken:
            # A column whose name another one was named for is metadata.
            _put(fields, ("metadata", column) if column in columns else _target(column), cell, place)
    for field, column in columns.items():
        cell = _cell(row, column, place)
        if cell is not None:
            _put(fields, _target(field), cell, place)
    return fields


def check_columns(columns: Columns) -> None:
    """Raises InputError for a field that no item has."""
    for field in columns:
        if field not in _FIELDS and field.partition(".")[0] not in _GROUPS:
            raise InputError(
                f"An item has no {field!r} to take from a column: name one of {', '.join(_FIELDS)}, "
                "input.NAME and metadata.NAME."
            )


def check_header(names: Sequence[str], columns: Columns, source: str) -> None:
    """Check a table's columns before its rows. Raises InputError."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{source}: two columns are named {twice!r}; give each a name of its own.")
    known = {*columns, *(_plain(name) for name in names if name not in columns.values())}
    if not any(name == "input" or name.startswith("input.") for name in known):
        raise InputError(
            f"{source} has no column 'input' (it has {', '.join(names) or 'none'}): say which one it is, "
            f"as `--column input={next((name for name in names if name not in _FIELDS), 'NAME')}`."
        )


def from_json(name: str, cell: str, place: str) -> object:
    """Return the value in a cell of a `:json` column; a null there is a value. Raises InputError."""
    try:
        return _there(json.loads(cell))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: the column {name!r} holds JSON, and this cell does not: {error}.") from error


def table_of(items: Iterable[Item]) -> dict[str, list[object]]:
    """Return the columns of a table that `mapped` reads as the same items; what an item has not is None."""
    rows = [_flat(item) for item in items]
    by_parts = all(isinstance(row["input"], dict) and row["input"] for row in rows)
    wide = [_with_parts(row) if by_parts else row for row in rows]
    names = dict.fromkeys(name for row in wide for name in row)
    first = [name for name in ("id", "input") if name in names]
    parts = [name for name in names if name.startswith("input.")]
    last = [name for name in ("reference", "split") if name in names]
    ordered = [*first, *parts, *last, *(name for name in names if name not in {*first, *parts, *last})]
    return {name: [row.get(name) for row in wide] for name in ordered}


class _Null:
    """None where it is a value, not an absence."""


NULL: Final = _Null()


def _flat(item: Item) -> dict[str, object]:
    fields = fields_of(item)
    metadata = fields.pop("metadata", {})
    assert isinstance(metadata, dict)
    return {**fields, **{_metadata_column(name): _there(value) for name, value in metadata.items()}}


def _with_parts(row: dict[str, object]) -> dict[str, object]:
    parts = row["input"]
    assert isinstance(parts, dict)
    rest = {name: value for name, value in row.items() if name != "input"}
    return {**rest, **{f"input.{name}": _there(value) for name, value in parts.items()}}


def _there(value: object) -> object:
    return NULL if value is None else value


def _metadata_column(name: str) -> str:
    clear = name and name not in _FIELDS and name.partition(".")[0] not in _GROUPS and not name.endswith(JSON)
    return name if clear else f"metadata.{name}"


def _plain(name: str) -> str:
    return name.removesuffix(JSON)


def _target(column: str) -> tuple[str, str | None]:
    """Return the field of an item that a column fills, and the name within it."""
    if column in _FIELDS:
        return column, None
    group, dot, name = column.partition(".")
    if dot and group in _GROUPS:
        return group, name
    return "metadata", column


def _put(fields: dict[str, object], target: tuple[str, str | None], cell: object, place: str) -> None:
    field, name = target
    cell = None if cell is NULL else cell
    if name is None:
        if field in fields:
            raise InputError(f"{place}: `input` and `input.NAME` are both there; an input is one or the other.")
        fields[field] = cell
        return
    group = fields.setdefault(field, {})
    if not isinstance(group, dict):
        raise InputError(f"{place}: `input` and `input.NAME` are both there; an input is one or the other.")
    group[name] = cell


def _cell(row: Mapping[str, object], column: str, place: str) -> object:
    if column in row:
        return row[column]
    value: object = row
    for part in column.split("."):
        if value is None:
            return None
        if not isinstance(value, Mapping) or part not in value:
            raise InputError(
                f"{place}: there is no column {column!r}; the columns are {', '.join(row) or 'none'}."
            )
        value = value[part]
    return value
