"""The ids of a dataset's items as canonical JSON has them: written, and in its order."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from windlass.canonical import canonical_json
from windlass.evaluation.item_index import Positions

_BLOCK: Final = 20_000


class IdBlock(NamedTuple):
    """Some ids that follow one another."""

    positions: Positions
    """Where their items are in the dataset."""
    written: list[bytes]


class SortedIds:
    """The ids of items in the order of RFC 8785, in their own bytes and 16 more."""

    def __init__(self, ids: Iterable[str]) -> None:
        texts = list(ids)
        # The order is that of UTF-16 code units, which is that of ASCII, too.
        by = texts.__getitem__ if all(map(str.isascii, texts)) else lambda place: texts[place].encode("utf-16-be")
        self._order = np.array(sorted(range(len(texts)), key=by), dtype=np.int64)
        pieces = []
        ends = [np.zeros(1, dtype=np.int64)]
        for start in range(0, len(texts), _BLOCK):
            written = [canonical_text(texts[place]) for place in self._order[start : start + _BLOCK].tolist()]
            lengths = np.fromiter(map(len, written), np.int64, len(written))
            ends.append(ends[-1][-1] + np.cumsum(lengths))
            pieces.append(b"".join(written))
        self._bytes = b"".join(pieces)
        self._ends = np.concatenate(ends)

    def blocks(self) -> Iterator[IdBlock]:
        for start in range(0, self._order.size, _BLOCK):
            bounds = self._ends[start : start + _BLOCK + 1].tolist()
            written = [self._bytes[low:high] for low, high in pairwise(bounds)]
            yield IdBlock(self._order[start : start + _BLOCK], written)


def canonical_text(text: str) -> bytes:
    """Return the canonical JSON of a text; one without anything to escape takes no serialiser."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return b'"%b"' % text.encode("ascii")
    return canonical_json(text)
