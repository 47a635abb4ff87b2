"""Numbers for texts, of which there may be as many as items."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def numbered(texts: Iterable[str | None], count: int) -> NDArray[np.int64]:
    """Return texts as numbers from 0 in the order of their appearance; −1 for None.

    No text is kept: that two have one hash is as likely as that two ids have.
    """
    hashes = np.zeros(count, dtype=np.int64)
    there = np.zeros(count, dtype=np.bool_)
    for place, text in enumerate(texts):
        if text is not None:
            hashes[place], there[place] = hash(text), True
    _, first, codes = np.unique(hashes[there], return_index=True, return_inverse=True)
    ranks = np.empty(first.size, dtype=np.int64)
    ranks[np.argsort(first, kind="stable")] = np.arange(first.size)
    numbers = np.full(count, -1, dtype=np.int64)
    numbers[there] = ranks[codes]
    return numbers
