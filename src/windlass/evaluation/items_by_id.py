"""The items of a dataset version by id, and in their order; those of a large one are read when asked for."""

from collections.abc import Collection, ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from functools import cached_property
from typing import TypeVar, overload

import numpy as np

from windlass.evaluation.item_index import UNKNOWN, ItemIndex, Positions, hash_of_id
from windlass.evaluation.item_lines import Described, Fields, LineItems
from windlass.evaluation.samples import Item
from windlass.evaluation.sorted_ids import SortedIds

_T = TypeVar("_T")


def ids_of(items: Sequence[Item]) -> Iterator[str]:
    """Give the ids of items in their order."""
    return items.ids() if isinstance(items, LineItems | PlacedItems) else (item.id for item in items)


def described(items: Sequence[Item]) -> Iterator[Described]:
    """Give the split and the metadata of items in their order, of lines without making items of them."""
    if isinstance(items, LineItems | PlacedItems):
        return items.described()
    return (Described(item.split, item.metadata) for item in items)


def metadata_of(items: Sequence[Item]) -> Iterator[Fields]:
    """Give the metadata alone."""
    return (metadata for _, metadata in described(items))


class VersionItems(Mapping[str, Item]):
    """The items of a version by id, or some of them."""

    def __init__(self, items: Sequence[Item], index: ItemIndex, positions: Positions | None = None) -> None:
        """``positions`` are those of the items that are meant, in the order of the dataset; None for all."""
        self._all = items
        self.in_order: Sequence[Item] = items if positions is None else PlacedItems(items, positions)
        self.ids = PlacedIds(self.in_order, index, positions)

    def without(self, items: Collection[str]) -> "VersionItems":
        """Return the others."""
        found = self.ids.of_version.find([hash_of_id(item) for item in items])
        here = np.arange(len(self._all)) if self.ids.positions is None else self.ids.positions
        return VersionItems(self._all, self.ids.of_version, here[~np.isin(here, found)])

    def __getitem__(self, item: str) -> Item:
        position = self.ids.of_version.position(item)
        if position == UNKNOWN or not self._has(position):
            raise KeyError(item)
        return self._all[position]

    def _has(self, position: int) -> bool:
        return self.ids.positions is None or bool((self.ids.positions == position).any())

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def values(self) -> ValuesView[Item]:
        return _Values(self)

    def items(self) -> ItemsView[str, Item]:
        return _Items(self)


class PlacedIds(Sequence[str]):
    """The ids of a version's items whose positions are known: what is a column already needs no look-up."""

    def __init__(self, items: Sequence[Item], index: ItemIndex, positions: Positions | None) -> None:
        """``items`` are those at the positions; None for all."""
        self._items = items
        self.of_version = index
        self.positions = positions

    @cached_property
    def sorted_ids(self) -> SortedIds:
        """In the order in which a digest has them; kept with the version, for every gate on it asks."""
        return SortedIds(self)

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[str]:
        return ids_of(self._items)

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> list[str]: ...

    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [item.id for item in self._items[place]]
        return self._items[place].id


class PlacedItems(Sequence[Item]):
    """Some of a version's items, at ascending positions."""

    def __init__(self, items: Sequence[Item], positions: Positions) -> None:
        self._items = items
        self._positions = positions

    def __len__(self) -> int:
        return int(self._positions.size)

    def __iter__(self) -> Iterator[Item]:
        return self._among(self._items)

    def ids(self) -> Iterator[str]:
        return self._among(ids_of(self._items))

    def described(self) -> Iterator[Described]:
        return self._among(described(self._items))

    @overload
    def __getitem__(self, place: int) -> Item: ...

    @overload
    def __getitem__(self, place: slice) -> list[Item]: ...

    def __getitem__(self, place: int | slice) -> Item | list[Item]:
        if isinstance(place, slice):
            return [self._items[position] for position in self._positions[place].tolist()]
        return self._items[int(self._positions[place])]

    def _among(self, everything: Iterable[_T]) -> Iterator[_T]:
        meant = np.zeros(len(self._items), dtype=np.bool_)
        meant[self._positions] = True
        return (each for each, is_meant in zip(everything, meant.tolist(), strict=True) if is_meant)


class _Values(ValuesView[Item]):
    """All values in one pass over the lines."""

    _mapping: VersionItems

    def __iter__(self) -> Iterator[Item]:
        return iter(self._mapping.in_order)


class _Items(ItemsView[str, Item]):
    _mapping: VersionItems

    def __iter__(self) -> Iterator[tuple[str, Item]]:
        return ((item.id, item) for item in self._mapping.in_order)
