"""What people said as numbers: in the values of the judge, so that the two can be compared."""

import json
from collections.abc import Mapping
from typing import Final

from windlass.errors import InputError
from windlass.evaluation.reviews.questions import SIDES
from windlass.evaluation.samples import Item

_COMPARED: Final = dict(zip(SIDES, (-1.0, 0.0, 1.0), strict=True))
"""As a judge that compares says it: b is the judged answer, a the other one."""
_PREFERRED: Final = dict(zip(SIDES, (0.0, 0.5, 1.0), strict=True))
"""As a score says it."""


def worth_of(label: object, values: Mapping[str, float], *, compares: bool) -> float | None:
    """Return what a label is worth; None for none. Raises InputError for a word without a worth."""
    if label is None or label == "":
        return None
    word = label if isinstance(label, str) else json.dumps(label)
    if word in values:
        return float(values[word])
    if isinstance(label, bool | int | float):
        return float(label)
    sides = _COMPARED if compares else _PREFERRED
    if word in sides:
        return sides[word]
    try:
        return float(word)
    except ValueError as error:
        raise InputError(
            f"The label {word!r} is no number: say what each is worth to the judge, with `--value {word}=1`."
        ) from error


def column_of(item: Item, column: str) -> object:
    """Return what stands in a column of an item: reference, input.<name>, metadata.<name>, or within it."""
    name, _, path = column.partition(".")
    found: object = getattr(item, name, None) if name in {"reference", "input", "metadata"} else None
    if name not in {"reference", "input", "metadata"}:
        found, path = item.metadata, column
    for key in path.split(".") if path else ():
        found = found.get(key) if isinstance(found, Mapping) else None
    return found
