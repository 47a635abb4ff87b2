"""The parts into which data falls by what its items say of themselves: few enough for a page without a choice."""

from collections.abc import Iterator, Sequence

from windlass.evaluation.grouping import SPLIT, Field, Group, grouping_fields
from windlass.evaluation.samples import Item

_FIELDS = 4
_MOST_VALUES = 12
_FEWEST_ITEMS = 5


def parts_of(items: Sequence[Item]) -> Iterator[tuple[str, list[Group]]]:
    """Give the fields by which the data falls into a few parts: the split, then those that most items have."""
    fields = sorted(
        grouping_fields(items, split=True).items(), key=lambda each: (each[0] != SPLIT, -each[1].items)
    )
    usual = [(name, field) for name, field in fields if name == SPLIT or field.items > len(items) / 2]
    found = [(name, parts) for name, field in usual if (parts := _few(field))]
    yield from found[:_FIELDS]


def _few(field: Field) -> list[Group]:
    """Return the parts that a field makes; nothing where they are many, or not two of them have some items."""
    groups = list(field.groups()) if len(field.names) <= _MOST_VALUES else []
    large = [group for group in groups if group.items.sum() >= _FEWEST_ITEMS]
    return groups if len(large) > 1 else []
