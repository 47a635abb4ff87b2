"""Which row of a run's samples each trace is of."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from windlass.evaluation.item_index import UNKNOWN

Numbers = NDArray[np.uint64]

_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)


class TraceRows:
    """The rows of samples by the numbers of their traces."""

    def __init__(self, high: Numbers, low: Numbers) -> None:
        keys = mixed(high, low)
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]

    def __len__(self) -> int:
        return int(self._keys.size)

    def find(self, high: Numbers, low: Numbers) -> NDArray[np.int64]:
        """Return the row of each trace; UNKNOWN for those of no sample."""
        wanted = mixed(high, low)
        if not len(self):
            return np.full(wanted.size, UNKNOWN, dtype=np.int64)
        places = np.minimum(np.searchsorted(self._keys, wanted), len(self) - 1)
        return np.where(self._keys[places] == wanted, self._order[places], UNKNOWN)


def mixed(first: Numbers, second: Numbers) -> Numbers:
    """Return one number for two: ids are random, or count up in their lower half."""
    return (first * _SPREAD) ^ second
