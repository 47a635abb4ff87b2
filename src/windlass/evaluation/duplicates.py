"""Items that ask the same thing, or nearly, and whether they lie in different splits of a dataset.

Two items ask the same when the words of their inputs are the same, letter case, punctuation and spacing aside.
They ask nearly the same when those words are nearly the same text (``near_texts``). Items are gone through once
and not kept: of each there is its id, its split and a digest, so that a million of them can be compared.
"""

import json
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, NamedTuple

from windlass.errors import InputError
from windlass.evaluation.near_texts import NearTexts
from windlass.evaluation.samples import Item
from windlass.evaluation.text import words

SIMILAR: Final = 0.8
"""Jaccard similarity from which on two inputs are near duplicates."""
LEAST_SIMILAR: Final = 0.7
MOST_PAIRS: Final = 10_000


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


class _Asked(NamedTuple):
    """What is known of an item that was gone through."""

    id: str
    split: str
    reference: bytes


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
    with NearTexts() as texts:
        groups = _Groups(texts, new)
        for item in items:
            groups.add(item)
        near = groups.near(similar, most)
    listed = sorted(near[:most], key=lambda pair: -pair.similarity)
    return Duplicates(tuple(groups.exact), tuple(listed), cut=len(near) > most)


class _Groups:
    """Items by what they ask."""

    def __init__(self, texts: NearTexts, new: Collection[str] | None) -> None:
        self.exact: list[Pair] = []
        self._texts = texts
        self._new = new
        self._fresh: set[int] = set()
        self._numbers: dict[bytes, int] = {}
        self._first: list[_Asked] = []
        """Of each text, the first item that asks it, …"""
        self._of_splits: dict[int, list[_Asked]] = {}
        """… and, where it is asked in several splits, the first of each."""

    def add(self, item: Item) -> None:
        text = normal_form(item.input)
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        number = self._numbers.setdefault(digest, len(self._first))
        asked = _Asked(item.id, item.split, _digest_of(item.reference))
        if number == len(self._first):
            self._texts.add(text)
            self._first.append(asked)
        else:
            self.exact.append(_pair(self._first[number], asked, 1.0))
            splits = self._of_splits.setdefault(number, [self._first[number]])
            if all(asked.split != other.split for other in splits):
                splits.append(asked)
        if self._new is not None and item.id in self._new:
            self._fresh.add(number)

    def near(self, similar: float, most: int) -> list[Pair]:
        """Return the near pairs, one more than so many where there are more."""
        found: list[Pair] = []
        if not self._first:
            return found
        for one, other, similarity in self._texts.pairs(similar, None if self._new is None else self._fresh):
            for first in self._in_splits(one):
                for second in self._in_splits(other):
                    found.append(_pair(first, second, similarity))
                    if len(found) > most:
                        return found
        return found

    def _in_splits(self, number: int) -> list[_Asked]:
        return self._of_splits.get(number) or [self._first[number]]


def _digest_of(reference: object) -> bytes:
    return blake2b(json.dumps(reference, sort_keys=True).encode(), digest_size=16).digest()


def _pair(first: _Asked, second: _Asked, similarity: float) -> Pair:
    return Pair(
        first.id,
        second.id,
        similarity,
        (first.split, second.split),
        same_reference=first.reference == second.reference,
    )


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
