"""Who meets whom next: the pairs of which least is known, and of those a seeded draw."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple


class Meeting(NamedTuple):
    """Two runs on an item, in the order of their ids."""

    item: str
    a: str
    b: str

    @property
    def pair(self) -> str:
        return pair_of(self.a, self.b)


def pair_of(one: str, other: str) -> str:
    """Return how a pair of runs is called, whichever is named first."""
    return " ".join(sorted((one, other)))


def meetings(samples: Mapping[str, Collection[str]]) -> Iterator[Meeting]:
    """Give every two runs that answered an item."""
    for item, runs in samples.items():
        for a, b in combinations(sorted(runs), 2):
            yield Meeting(item, a, b)


def choose(
    open_meetings: Iterable[Meeting], fought: Iterable[Meeting], *, seed: int, most: int = 1, voter: str = ""
) -> list[Meeting]:
    """Choose up to ``most`` meetings, one after the other.

    Each is of the pair of runs with the fewest battles so far, and of that pair on the item with the fewest: an
    estimate of strengths gains most where it knows least, and its interval from items that are not there yet. What
    is equal goes by a seeded draw that differs from voter to voter.
    """
    by_pair, by_item, by_run = Counter[str](), Counter[str](), Counter[str]()

    def count(meeting: Meeting) -> None:
        by_pair[meeting.pair] += 1
        by_item[meeting.item] += 1
        by_run.update((meeting.a, meeting.b))

    for meeting in fought:
        count(meeting)
    waiting: dict[str, list[Meeting]] = {}
    for meeting in open_meetings:
        waiting.setdefault(meeting.pair, []).append(meeting)
    chosen: list[Meeting] = []
    while waiting and len(chosen) < most:
        pair = min(
            waiting, key=lambda name: (by_pair[name], sum(by_run[r] for r in name.split()), _drawn(seed, name))
        )
        found = min(waiting[pair], key=lambda each: (by_item[each.item], _drawn(seed, voter, *each)))
        waiting[pair].remove(found)
        if not waiting[pair]:
            del waiting[pair]
        count(found)
        chosen.append(found)
    return chosen


def is_turned(seed: int, voter: str, meeting: Meeting) -> bool:
    """Tell whether the second run is shown first: even over many, and the same each time it is asked."""
    return _drawn(seed, "side", voter, *meeting)[0] % 2 == 1


def _drawn(seed: int, *parts: str) -> bytes:
    return hashlib.sha256("\0".join((str(seed), *parts)).encode()).digest()
