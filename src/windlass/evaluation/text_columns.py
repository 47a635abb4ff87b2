"""A text for each of many rows, of which most have none or the same."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class TextColumn:
    """Texts by row: each different one is kept once, and four bytes a row."""

    codes: NDArray[np.int32]
    texts: tuple[str, ...] = ("",)
    """By code; the first is that of the rows without a text."""

    @classmethod
    def empty(cls, size: int) -> "TextColumn":
        # One number stands for all of them.
        return cls(np.broadcast_to(np.zeros(1, dtype=np.int32), (size,)))

    @classmethod
    def of(cls, texts: Iterable[str]) -> "TextColumn":
        numbers = {"": 0}
        codes = np.fromiter((numbers.setdefault(text, len(numbers)) for text in texts), dtype=np.int32)
        return cls(codes, tuple(numbers))

    @classmethod
    def of_hashes(cls, hashes: NDArray[np.uint64], named: Mapping[int, str]) -> "TextColumn":
        """Return the texts that have these hashes; the empty one where nobody has."""
        known = np.array(sorted(named), dtype=np.uint64)
        texts = ("", *(named[number] for number in known.tolist()))
        if not known.size:
            return cls.empty(hashes.size)
        places = np.minimum(np.searchsorted(known, hashes), known.size - 1)
        return cls(np.where(known[places] == hashes, places + 1, 0).astype(np.int32), texts)

    def __getitem__(self, row: int) -> str:
        text: str = self.texts[self.codes[row]]
        return text

    def are(self, texts: Collection[str]) -> NDArray[np.bool_]:
        """Tell of each row whether its text is one of some."""
        return np.array([text in texts for text in self.texts], dtype=np.bool_)[self.codes]

    def only(self, rows: NDArray[np.int64]) -> "TextColumn":
        return TextColumn(self.codes[rows], self.texts)

    def map(self, say: Callable[[str], str]) -> "TextColumn":
        """Return what is said of each text, instead of it; an empty text may have something said of it, too."""
        return TextColumn(self.codes, tuple(map(say, self.texts)))
