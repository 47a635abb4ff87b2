"""Items that ask the same thing, or nearly, and whether they lie in different splits of a dataset.

Two items ask the same when the words of their inputs are the same, letter case, punctuation and spacing aside.
They ask nearly the same when the sets of runs of characters in them are alike (Jaccard similarity of shingles), as
in Broder, "On the resemblance and containment of documents" (1997). MinHash signatures in bands (Leskovec,
Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3) find the pairs to look at; the similarity said
of them is exact.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from windlass.errors import InputError
from windlass.evaluation.samples import Item
from windlass.evaluation.text import words

SIMILAR: Final = 0.8
"""Jaccard similarity from which on two inputs are near duplicates."""
LEAST_SIMILAR: Final = 0.7
MOST_PAIRS: Final = 10_000

_SHINGLE: Final = 5
_CJK_SHINGLE: Final = 3
"""A character of these scripts says as much as a few letters."""
_FIRST_CJK: Final = 0x2E80
# Of pairs at a similarity of 0.8, one in 20,000 shares no band and is missed; of those at 0.7, one in 100.
_BANDS, _ROWS = 25, 5

_Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two items that ask the same, or nearly."""

    first: str
    second: str
    """Their ids."""
    similarity: float
    """1.0 also for texts that differ in case, punctuation and spacing only."""
    splits: tuple[str, str]
    same_reference: bool

    @property
    def leaks(self) -> bool:
        """Whether they lie in different splits: what is measured on one was seen in the other."""
        return self.splits[0] != self.splits[1]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What was found in a dataset."""

    exact: tuple[Pair, ...]
    """Each item with the first one that asks the same."""
    near: tuple[Pair, ...]
    """The most similar first. Of items that ask the same only the first of a split is held against others."""
    cut: bool
    """Whether there are more near pairs than are listed."""

    @property
    def leaks(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in (*self.exact, *self.near) if pair.leaks)


def find_duplicates(
    items: Iterable[Item], *, similar: float = SIMILAR, most: int = MOST_PAIRS, new: Collection[str] | None = None
) -> Duplicates:
    """Find the items of a dataset that ask the same or nearly the same; at most so many near pairs.

    With ``new``, some ids, the near pairs are those of which one item is new: others are not looked at.

    Raises InputError for a similarity that is none. A dataset whose inputs are made from one template has very
    many pairs to look at, and takes long.
    """
    if not LEAST_SIMILAR <= similar <= 1:
        raise InputError(f"A similarity to look for lies between {LEAST_SIMILAR} and 1, not at {similar}.")
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        groups[normal_form(item.input)].append(item)
    exact = tuple(_pair(group[0], other, 1.0) for group in groups.values() for other in group[1:])
    near = list(_near(groups, similar, most + 1, new))
    listed = sorted(near[:most], key=lambda pair: -pair.similarity)
    return Duplicates(exact, tuple(listed), cut=len(near) > most)


def normal_form(value: object) -> str:
    """Return the words of an input without what stands between them; of an object, the words of its values."""
    text = "\n".join(_texts(value))
    # A text of signs alone has no words, and is not the same as every other such text.
    return "".join(words(text)) or unicodedata.normalize("NFKC", text).casefold().strip()


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for _, each in sorted(value.items()):
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    else:
        yield str(value)


def _near(
    groups: Mapping[str, Sequence[Item]], similar: float, most: int, new: Collection[str] | None
) -> Iterator[Pair]:
    texts = list(groups)
    shingles = [_shingles(text) for text in texts]
    fresh = None
    if new is not None:
        fresh = {at for at, text in enumerate(texts) if any(item.id in new for item in groups[text])}
    found = 0
    for one, other in _candidates(shingles, fresh):
        similarity = _jaccard(shingles[one], shingles[other])
        if similarity < similar:
            continue
        for first in _first_of_splits(groups[texts[one]]):
            for second in _first_of_splits(groups[texts[other]]):
                yield _pair(first, second, similarity)
                found += 1
                if found == most:
                    return


def _first_of_splits(group: Sequence[Item]) -> list[Item]:
    first: dict[str, Item] = {}
    for item in group:
        first.setdefault(item.split, item)
    return list(first.values())


def _pair(first: Item, second: Item, similarity: float) -> Pair:
    return Pair(
        first.id,
        second.id,
        similarity,
        (first.split, second.split),
        same_reference=first.reference == second.reference,
    )


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


def _candidates(shingles: Sequence[_Hashes], fresh: Collection[int] | None) -> Iterator[tuple[int, int]]:
    """Give each pair of texts that share a band of their signatures, once; one of them fresh where some are."""
    seeds = _mixed(np.arange(_BANDS * _ROWS, dtype=np.uint64))
    bands = np.array([_bands(each, seeds) for each in shingles], dtype=np.uint64).reshape(len(shingles), _BANDS)
    seen: set[tuple[int, int]] = set()
    for band in range(_BANDS):
        buckets: dict[int, list[int]] = defaultdict(list)
        for text, key in enumerate(bands[:, band].tolist()):
            buckets[key].append(text)
        for bucket in buckets.values():
            for pair in combinations(bucket, 2) if fresh is None else _with_one_of(fresh, bucket):
                if pair not in seen:
                    seen.add(pair)
                    yield pair


def _with_one_of(fresh: Collection[int], bucket: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give the pairs of a bucket of which one is fresh."""
    for one in bucket:
        if one in fresh:
            yield from ((min(one, other), max(one, other)) for other in bucket if other != one)


def _bands(shingles: _Hashes, seeds: _Hashes) -> _Hashes:
    """Return a hash of each band of a MinHash signature: the least of the shingles under each seed's hash."""
    signature = _mixed(shingles[np.newaxis, :] ^ seeds[:, np.newaxis]).min(axis=1).reshape(_BANDS, _ROWS)
    hashes = np.zeros(_BANDS, dtype=np.uint64)
    for row in range(_ROWS):
        hashes = _mixed(hashes ^ signature[:, row])
    return hashes


def _jaccard(some: _Hashes, others: _Hashes) -> float:
    shared = len(np.intersect1d(some, others, assume_unique=True))
    return shared / (len(some) + len(others) - shared)
