"""Datasets: items of rows and of JSON Lines, and checking that a dataset has what the evaluators need."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pydantic import ValidationError

from windlass.canonical import digest
from windlass.errors import InputError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import Item

_DIGITS_OF_DERIVED_ID = 12
_FIELDS = "id, input, reference, metadata and split"


class Row(NamedTuple):
    """What a file says of one item, and where in the file it says so ("line 7")."""

    place: str
    fields: object


def parse_items(text: str, source: str = "dataset") -> list[Item]:
    """Read one item from each line of JSON Lines; blank lines are skipped.

    Raises InputError naming the line, for a dataset of no items, and for two items of one id.
    """
    # Not splitlines(): it also splits at separators that JSON text may hold unescaped.
    return list(items_of_rows(rows_of_lines(text.split("\n"), source), source))


def rows_of_lines(lines: Iterable[str], source: str) -> Iterator[Row]:
    """Read JSON from each line that is not blank. Raises InputError naming the line."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield Row(f"line {number}", _parse_line(line, f"{source}, line {number}"))


def items_of_rows(rows: Iterable[Row], source: str = "dataset") -> Iterator[Item]:
    """Make an item of each row as it comes; only the ids and places of those before are remembered.

    An item without an id gets one made of the digest of its content, so that the same row has the same id
    in every version of the dataset. Raises InputError naming the place, for no rows, and for two items of one id.
    """
    first_place: dict[str, str] = {}
    for place, fields in rows:
        item = _item_of(fields, f"{source}, {place}")
        if item.id in first_place:
            raise InputError(
                f"{source}, {place}: the id {item.id!r} is already that of {first_place[item.id]}; "
                "ids must be unique (an item without an id gets one of its content)."
            )
        first_place[item.id] = place
        yield item
    if not first_place:
        raise InputError(f"{source} has no items; give it at least one, with an 'input'.")


def items_of(rows: Iterable[Mapping[str, object]], source: str = "dataset") -> list[Item]:
    """Read items from objects already parsed (the body of a dataset version, a list given to the SDK)."""
    return parse_items("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), source)


def require_columns(items: Sequence[Item], evaluators: Iterable[Evaluator]) -> None:
    """Check before a run that every item has what every evaluator needs.

    Raises InputError naming the evaluator, the column, the first item without it and how many lack it.
    """
    chosen = list(evaluators)
    lacking = columns_lacking(items, chosen)
    for evaluator in chosen:
        for column in evaluator.needs:
            if column in lacking:
                first, count = lacking[column]
                raise InputError(
                    f"Evaluator {evaluator.name!r} needs {column!r}, item {first!r} has none "
                    f"({count} of {len(items)} items lack it): add it to the dataset, or leave "
                    "this evaluator out of the run."
                )


def require_cluster(items: Sequence[Item], field: str) -> None:
    """Check that every item says what it belongs to. Raises InputError naming the first that does not."""
    lacking = [item.id for item in items if item.metadata.get(field) is None]
    if lacking:
        raise InputError(
            f"The items are to be clustered by {field!r}, and item {lacking[0]!r} has no such metadata "
            f"({len(lacking)} of {len(items)} items lack it): add it to the dataset, or leave the cluster out."
        )


def columns_lacking(items: Iterable[Item], evaluators: Iterable[Evaluator]) -> dict[str, tuple[str, int]]:
    """Return, of the columns that evaluators need, those that items lack: the first without it, and how many."""
    needed = dict.fromkeys(column for evaluator in evaluators for column in evaluator.needs)
    lacking: dict[str, tuple[str, int]] = {}
    for item in items if needed else ():
        for column in needed:
            if not _has(item, column):
                first, count = lacking.get(column, (item.id, 0))
                lacking[column] = (first, count + 1)
    return lacking


def _has(item: Item, column: str) -> bool:
    if column == "reference":
        return item.reference not in (None, "", [])
    name, _, key = column.partition(".")
    if name != "metadata" or not key:
        raise InputError(f"An evaluator can need 'reference' or 'metadata.<name>', not {column!r}.")
    # An empty list says something: that no tool is to be called, for one.
    return item.metadata.get(key) not in (None, "")


def _parse_line(line: str, place: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: this is not JSON ({error}).") from error


def _item_of(row: object, place: str) -> Item:
    if not isinstance(row, dict):
        raise InputError(f"{place}: an item is a JSON object, this is a {type(row).__name__}.")
    if row.get("input") in (None, "", {}):
        raise InputError(f"{place}: the item has no 'input'; it is what the release is asked.")
    row = {name: value for name, value in row.items() if value is not None}
    if isinstance(row.get("id"), int):
        row["id"] = str(row["id"])
    if row.get("id", "") == "":
        row.pop("id", None)
        row["id"] = _derived_id(row, place)
    try:
        return Item.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise InputError(f"{place}: unknown field {field!r}; an item has {_FIELDS}.") from error
        raise InputError(f"{place}: {field!r} is wrong: {first['msg']}.") from error


def _derived_id(row: dict[str, object], place: str) -> str:
    try:
        return digest(row).removeprefix("sha256:")[:_DIGITS_OF_DERIVED_ID]
    except InputError as error:
        raise InputError(f"{place}: {error.message}") from error
