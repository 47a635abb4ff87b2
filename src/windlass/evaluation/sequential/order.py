"""The order in which items are looked at: by a digest of each, so that nobody picks it, and the same every time.

Items that belong together stand together, for a look is at whole clusters.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

from windlass.errors import InputError
from windlass.evaluation.samples import Item


@dataclass(frozen=True)
class Plan:
    """The items that may decide, in their order, cluster by cluster."""

    clusters: Sequence[Sequence[Item]]

    @classmethod
    def of(cls, items: Iterable[Item], cluster: str | None, seed: str) -> "Plan":
        """Put items in their order. Raises InputError for one without the cluster that the rule names."""
        together: dict[str, list[Item]] = {}
        for item in items:
            together.setdefault(_cluster_of(item, cluster), []).append(item)
        for members in together.values():
            members.sort(key=lambda item: place(seed, item.id))
        return cls([together[name] for name in sorted(together, key=lambda name: place(seed, name))])

    @cached_property
    def items(self) -> int:
        return sum(map(len, self.clusters))

    @cached_property
    def largest(self) -> int:
        """How many items the largest cluster has."""
        return max(map(len, self.clusters))

    def first(self, clusters: int) -> dict[str, Item]:
        """Return the items of the first clusters."""
        return {item.id: item for members in self.clusters[:clusters] for item in members}

    def reached(self, done: Iterable[set[str]]) -> int:
        """Return how many clusters, from the first one on, are whole in each of these sets of items."""
        sets = list(done)
        for count, members in enumerate(self.clusters):
            if not all(item.id in each for each in sets for item in members):
                return count
        return len(self.clusters)

    def looks(self, planned: int | None) -> list[int]:
        """Return after how many clusters is looked: at even shares of the items, or after every one."""
        if planned is None:
            return list(range(1, len(self.clusters) + 1))
        ends, items, due = [], 0, 1
        for count, members in enumerate(self.clusters, 1):
            items += len(members)
            if items * planned >= due * self.items:
                ends.append(count)
                due = items * planned // self.items + 1
        return ends


class InOrder(Sequence[Item]):
    """Items of a dataset in another order; each is read when it is asked for."""

    def __init__(self, items: Sequence[Item], positions: Sequence[int]) -> None:
        self._items = items
        self._positions = positions

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> "InOrder": ...
    def __getitem__(self, index: int | slice) -> "Item | InOrder":
        if isinstance(index, slice):
            return InOrder(self._items, self._positions[index])
        return self._items[self._positions[index]]

    def __iter__(self) -> Iterator[Item]:
        return (self._items[position] for position in self._positions)

    def __len__(self) -> int:
        return len(self._positions)


def in_order(items: Sequence[Item], cluster: str | None, seed: str) -> Sequence[Item]:
    """Return items as a gate will look at them."""
    keys = [(place(seed, _cluster_of(item, cluster)), place(seed, item.id)) for item in items]
    return InOrder(items, sorted(range(len(keys)), key=keys.__getitem__))


def place(seed: str, name: str) -> str:
    """Return what an item or a cluster is sorted by."""
    return hashlib.sha256(f"{seed}\0{name}".encode()).hexdigest()


def _cluster_of(item: Item, field: str | None) -> str:
    if field is None:
        return item.id
    metadata: Mapping[str, object] = item.metadata
    if metadata.get(field) is None:
        raise InputError(
            f"The gate's items belong together by {field!r}, but the item {item.id!r} has no such metadata: "
            "add it to the dataset, or take 'cluster' out of the rule."
        )
    return str(metadata[field])
