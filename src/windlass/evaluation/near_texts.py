"""Texts that are nearly the same, among any number: those whose runs of characters are alike.

That is the Jaccard similarity of their shingles, as in Broder, "On the resemblance and containment of documents"
(1997). MinHash signatures in bands (Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3)
find the pairs to look at; the similarity said of them is exact. Of a text a hundred bytes are in memory; it is
itself in a file where there are many.
"""

from array import array
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import combinations
from tempfile import SpooledTemporaryFile
from typing import Final

import numpy as np
from numpy.typing import NDArray

_SHINGLE: Final = 5
_CJK_SHINGLE: Final = 3
"""A character of these scripts says as much as a few letters."""
_FIRST_CJK: Final = 0x2E80
# Of pairs at a similarity of 0.8, one in 20,000 shares no band and is missed; of those at 0.7, one in 100.
_BANDS, _ROWS = 25, 5
_IN_MEMORY: Final = 64 * 2**20
_KEPT: Final = 4096
"""Texts whose shingles are kept for the next pair."""

_Hashes = NDArray[np.uint64]
_Bands = NDArray[np.uint32]


class NearTexts:
    """Texts, each once, by the numbers in which they were added."""

    def __init__(self) -> None:
        self._texts = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by close()
        self._ends = array("Q", [0])
        self._bands = array("I")
        self._shingles = lru_cache(_KEPT)(self._read)

    def __enter__(self) -> "NearTexts":
        return self

    def __exit__(self, *_: object) -> None:
        self._texts.close()

    def add(self, text: str) -> None:
        self._bands.frombytes(_bands(_shingles(text)).tobytes())
        written = self._texts.write(text.encode("utf-8", "surrogatepass"))
        self._ends.append(self._ends[-1] + written)

    def pairs(self, similar: float, fresh: Collection[int] | None = None) -> Iterator[tuple[int, int, float]]:
        """Give the pairs that are so similar or more, each once; one of each fresh where some are."""
        for one, other in _candidates(self._signatures(), fresh):
            similarity = _jaccard(self._shingles(one), self._shingles(other))
            if similarity >= similar:
                yield one, other, similarity

    def _signatures(self) -> _Bands:
        return np.frombuffer(self._bands, dtype=np.uint32).reshape(-1, _BANDS)

    def _read(self, number: int) -> _Hashes:
        begins = self._ends[number]
        self._texts.seek(begins)
        return _shingles(self._texts.read(self._ends[number + 1] - begins).decode("utf-8", "surrogatepass"))


def _candidates(signatures: _Bands, fresh: Collection[int] | None) -> Iterator[tuple[int, int]]:
    """Give each pair of texts that share a band, at the first one that they share."""
    for band in range(_BANDS):
        for bucket in _buckets(signatures[:, band]):
            for one, other in combinations(bucket, 2) if fresh is None else _with_one_of(fresh, bucket):
                if not np.any(signatures[one, :band] == signatures[other, :band]):
                    yield one, other


def _buckets(keys: _Bands) -> Iterator[list[int]]:
    """Give the places of keys that are there more than once, in their order."""
    order = np.argsort(keys, kind="stable")
    bounds = np.flatnonzero(np.diff(keys[order])) + 1
    starts, ends = np.concatenate(([0], bounds)), np.concatenate((bounds, [keys.size]))
    shared = ends - starts > 1
    for start, end in zip(starts[shared].tolist(), ends[shared].tolist(), strict=True):
        yield order[start:end].tolist()


def _with_one_of(fresh: Collection[int], bucket: list[int]) -> Iterator[tuple[int, int]]:
    """Give the pairs of a bucket of which one is fresh."""
    for one in bucket:
        if one in fresh:
            others = (other for other in bucket if other != one and not (other in fresh and other < one))
            yield from ((min(one, other), max(one, other)) for other in others)


def _shingles(text: str) -> _Hashes:
    """Return sorted hashes of every run of characters; a text that is shorter than one run is one itself."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    length = _CJK_SHINGLE if 2 * np.count_nonzero(codes >= _FIRST_CJK) >= len(codes) else _SHINGLE
    length = min(length, len(codes))
    hashes = np.zeros(len(codes) - length + 1, dtype=np.uint64)
    for place in range(length):
        hashes = _mixed(hashes ^ codes[place : place + len(hashes)])
    return np.unique(hashes)


def _mixed(values: _Hashes) -> _Hashes:
    """Spread the bits of integers (the finaliser of SplitMix64, Steele et al. 2014)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


_SEEDS: Final = _mixed(np.arange(_BANDS * _ROWS, dtype=np.uint64))


def _bands(shingles: _Hashes) -> _Bands:
    """Return a hash of each band of a MinHash signature: the least of the shingles under each seed's hash."""
    signature = _mixed(shingles[np.newaxis, :] ^ _SEEDS[:, np.newaxis]).min(axis=1).reshape(_BANDS, _ROWS)
    hashes = np.zeros(_BANDS, dtype=np.uint64)
    for row in range(_ROWS):
        hashes = _mixed(hashes ^ signature[:, row])
    return (hashes >> np.uint64(32)).astype(np.uint32)


def _jaccard(some: _Hashes, others: _Hashes) -> float:
    shared = len(np.intersect1d(some, others, assume_unique=True))
    return shared / (len(some) + len(others) - shared)
