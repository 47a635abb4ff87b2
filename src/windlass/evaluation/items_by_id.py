"""The items of a dataset version by id; those of a large one are read when something in them is asked for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

from windlass.evaluation.item_lines import LineItems
from windlass.evaluation.samples import Item

_BLOCK = 1000
"""Items that are read at once: who asks for one mostly asks for the next."""


def positions_of(items: Sequence[Item]) -> dict[str, int]:
    """Return where each item is, by its id."""
    ids: Iterable[str] = items.ids() if isinstance(items, LineItems) else (item.id for item in items)
    return {item: position for position, item in enumerate(ids)}


def items_by_id(items: Sequence[Item], positions: Mapping[str, int]) -> Mapping[str, Item]:
    """Return the items of a version by id, in their order."""
    if isinstance(items, LineItems):
        return _LargeItems(items, positions)
    return {item.id: item for item in items}


class _LargeItems(Mapping[str, Item]):
    def __init__(self, items: LineItems, positions: Mapping[str, int]) -> None:
        self._items = items
        self._positions = positions
        self._block = -1
        self._read: list[Item] = []

    def __getitem__(self, item: str) -> Item:
        return cast("Item", _ItemOnDemand(self, self._positions[item]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._positions)

    def __len__(self) -> int:
        return len(self._positions)

    def at(self, position: int) -> Item:
        block, place = divmod(position, _BLOCK)
        if block != self._block:
            self._read = list(self._items[block * _BLOCK : (block + 1) * _BLOCK])
            self._block = block
        return self._read[place]


class _ItemOnDemand:
    """Stands for an item: a gate holds all of a dataset's, and mostly asks nothing of them."""

    __slots__ = ("_items", "_position")

    def __init__(self, items: _LargeItems, position: int) -> None:
        self._items = items
        self._position = position

    def __getattr__(self, name: str) -> object:
        return getattr(self._items.at(self._position), name)
