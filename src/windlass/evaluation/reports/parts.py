"""The parts into which data falls by what its items say of themselves."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from windlass.evaluation.items_by_id import described
from windlass.evaluation.run_scores import Mask
from windlass.evaluation.samples import Item

_FIELDS = 4
_MOST_VALUES = 12
_FEWEST_ITEMS = 5
_MOST_LOOKED = 1000
"""Names that are data themselves, another for every item, make no parts."""
_SPLIT = "split"


class Part(NamedTuple):
    """The items that have a value in common."""

    name: str
    items: Mask


class _Field:
    """The values of a field, as long as they are few."""

    def __init__(self, items: int) -> None:
        # Zeros take no memory where nothing is written over them.
        self._codes = np.zeros(items, dtype=np.int8)
        self._numbers: dict[str, int] = {}
        self.times = 0

    def note(self, place: int, value: str) -> None:
        self.times += 1
        if value in self._numbers or len(self._numbers) <= _MOST_VALUES:
            self._codes[place] = self._numbers.setdefault(value, 1 + len(self._numbers))

    def parts(self) -> list[Part] | None:
        """Return the parts, in the order of their names; None where it does not make a few of them."""
        if not 1 < len(self._numbers) <= _MOST_VALUES:
            return None
        found = [Part(name, self._codes == self._numbers[name]) for name in sorted(self._numbers)]
        large = [part for part in found if part.items.sum() >= _FEWEST_ITEMS]
        return found if len(large) > 1 else None


def parts_of(items: Sequence[Item]) -> Iterator[tuple[str, list[Part]]]:
    """Give the fields by which the data falls into a few parts, the one that most items have first."""
    split, fields = _Field(len(items)), dict[str, _Field]()
    for place, (of_split, metadata) in enumerate(described(items)):
        for name, value in metadata.items():
            if _names_a_part(value) and (field := _field(fields, name, len(items))) is not None:
                field.note(place, str(value))
        if _names_a_part(of_split):
            split.note(place, of_split)
    told = 0
    for name, field in ((_SPLIT, split), *_usual(fields, len(items))):
        parts = field.parts()
        if parts is not None and told < _FIELDS:
            told += 1
            yield name, parts


def _field(fields: dict[str, _Field], name: str, items: int) -> _Field | None:
    if name not in fields and len(fields) < _MOST_LOOKED:
        fields[name] = _Field(items)
    return fields.get(name)


def _usual(fields: Mapping[str, _Field], items: int) -> list[tuple[str, _Field]]:
    """Return the fields that more than half of the items have, and no split of another name."""
    often = sorted(fields.items(), key=lambda each: -each[1].times)
    return [(name, field) for name, field in often if field.times > items / 2 and name != _SPLIT]


def _names_a_part(value: object) -> bool:
    return isinstance(value, bool | int) or (isinstance(value, str) and 0 < len(value) <= 80)
