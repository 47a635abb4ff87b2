"""Items in groups by what their metadata say: which items a value puts where, in one pass over however many."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from windlass.errors import InputError
from windlass.evaluation.items_by_id import described, metadata_of
from windlass.evaluation.run_scores import Mask
from windlass.evaluation.samples import Item

SPLIT: Final = "split"
MOST_VALUES: Final = 50
"""A field of more values is no grouping that anybody reads."""

_MOST_FIELDS = 8
_MOST_ASKED = 1000
_LONGEST = 100
_MOST_LOOKED = 1000
"""Fields that are looked at: names that are data themselves, another for every item, group nothing."""
_NONE = 0


class Group(NamedTuple):
    """The items that have a value."""

    name: str
    items: Mask


class Field:
    """What each item has in one field of its metadata: a number for each different value."""

    def __init__(self, items: int) -> None:
        # Zeros take no memory where nothing is written over them.
        self._codes: NDArray[np.int32] = np.zeros(items, dtype=np.int32)
        self._numbers: dict[Any, int] = {}
        self.names: set[str] = set()
        self.groups_all = True
        """Whether every value that an item has puts it into a group."""

    def note(self, place: int, value: object) -> bool:
        """Note the value of an item; return whether it is one that was not met before."""
        key = names_of(value) if isinstance(value, list | dict) else value
        new = key not in self._numbers
        self._codes[place] = self._numbers.setdefault(key, 1 + len(self._numbers))
        if new:
            names = names_of(key)
            self.names.update(names)
            self.groups_all &= bool(names)
        return new

    @property
    def values(self) -> int:
        """How many different ones there are."""
        return len(self._numbers)

    @property
    def is_none(self) -> bool:
        """Whether it is no grouping, whatever follows; of a few names there may be many lists."""
        return not self.groups_all or len(self.names) > MOST_VALUES or self.values > _MOST_ASKED

    @property
    def items(self) -> int:
        """How many items have a value."""
        return int((self._codes != _NONE).sum())

    def groups(self) -> Iterator[Group]:
        """Give the items of each value, in the order of the values; of a list an item is in several."""
        numbers: dict[str, list[int]] = {}
        for value, number in self._numbers.items():
            for name in names_of(value):
                numbers.setdefault(name, []).append(number)
        for name in sorted(numbers):
            first, *others = numbers[name]
            yield Group(name, np.isin(self._codes, numbers[name]) if others else self._codes == first)


def field_of(items: Sequence[Item], name: str) -> Field:
    """Return what items have in a field. Raises InputError for more values than anybody can hold apart."""
    field = Field(len(items))
    for place, metadata in enumerate(metadata_of(items)):
        if metadata.get(name) is not None:
            field.note(place, metadata[name])
    if field.values > _MOST_ASKED:
        raise InputError(
            f"{name!r} has {field.values:,} values, too many for slices; group the items by a field of fewer."
        )
    return field


def grouping_fields(items: Sequence[Item], *, split: bool = False) -> Mapping[str, Field]:
    """Return the metadata fields that put items into groups: few values, and two items and more to each.

    With ``split`` that of the items comes first, under that name, where it groups them.
    """
    splits = Field(len(items))
    fields: dict[str, Field | None] = {SPLIT: None} if split else {}
    for place, (of_split, metadata) in enumerate(described(items)):
        if split and of_split:
            splits.note(place, of_split)
        for name, value in metadata.items():
            if name not in fields and len(fields) < _MOST_LOOKED:
                fields[name] = Field(len(items))
            field = fields.get(name)
            # One that is given up takes no memory any more.
            if field is not None and value is not None and field.note(place, value) and field.is_none:
                fields[name] = None
    found = [(name, field) for name, field in fields.items() if field is not None and _groups(field)]
    of_all = {SPLIT: splits} if _groups(splits) else {}
    return {**of_all, **dict(found[:_MOST_FIELDS])}


def names_of(value: object) -> tuple[str, ...]:
    """Return the slices that a value of metadata puts an item into: one, or of a list one for each entry."""
    if isinstance(value, list | tuple):
        return tuple(dict.fromkeys(name for each in value for name in names_of(each)))
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, int):
        return (str(value),)
    return (value,) if isinstance(value, str) and 0 < len(value) <= _LONGEST else ()


def _groups(field: Field) -> bool:
    return field.groups_all and 2 <= len(field.names) <= min(MOST_VALUES, field.items / 2)
