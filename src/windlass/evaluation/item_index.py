"""Where the items of a dataset version are in it, found by their ids in a few bytes an item."""

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Positions = NDArray[np.int64]

UNKNOWN = -1
"""The position of what is no item of the version."""


def hash_of_id(item: str) -> int:
    """Return the first 64 bits of an id's SHA-256, as the warehouse computes them, too."""
    return int.from_bytes(hashlib.sha256(item.encode()).digest()[:8], "little")


class ItemIndex:
    """The positions of a version's items by the hashes of their ids."""

    def __init__(self, ids: Iterable[str]) -> None:
        hashes = np.fromiter(map(hash_of_id, ids), dtype=np.uint64)
        self._order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[self._order]

    def __len__(self) -> int:
        return int(self._hashes.size)

    def find(self, hashes: ArrayLike) -> Positions:
        """Return the position of each hash; UNKNOWN for one that no item has."""
        wanted = np.asarray(hashes, dtype=np.uint64)
        if not len(self):
            return np.full(wanted.size, UNKNOWN, dtype=np.int64)
        places = np.minimum(np.searchsorted(self._hashes, wanted), len(self) - 1)
        return np.where(self._hashes[places] == wanted, self._order[places], UNKNOWN)

    def position(self, item: str) -> int:
        return int(self.find([hash_of_id(item)])[0])
