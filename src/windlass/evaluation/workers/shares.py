"""How a run is divided: its samples into shards, its limits over the seats of those who work on it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from windlass.evaluation.run_options import RunOptions
from windlass.evaluation.runs import OPTIONS, Run
from windlass.evaluation.sample_stores import Finished

MOST_SAMPLES: Final = 1000
_SHARDS_OF_A_SEAT: Final = 8
"""So that those who are done with theirs take over what others have not begun."""
_DIVIDED: Final = ("requests_per_minute", "tokens_per_minute", "model_concurrency")

Ranges = list[tuple[int, int]]
"""Pairs of the first item and the one after the last, in the order of the dataset."""


class Part(NamedTuple):
    """The samples of one shard, all of one repeat."""

    repeat: int
    ranges: Ranges
    samples: int


def divide(items: int, repeats: int, finished: Finished, seats: int) -> list[Part]:
    """Cut what is not finished into shards, in the order in which one process would ask it."""
    size = _shard_size(items * repeats - finished.samples, seats)
    return [
        part
        for repeat in range(1, repeats + 1)
        for part in _parts(repeat, chain.from_iterable(finished.missing([repeat])), size)
    ]


def numbers_of(ranges: Iterable[Sequence[int]]) -> Iterator[int]:
    """Give the items of ranges one by one."""
    for first, end in ranges:
        yield from range(first, end)


def most_seats(run: Run, workers: int) -> int:
    """Return how many may work on a run at once: each needs a share of every limit."""
    limits = run.options.model_dump(include=set(_DIVIDED)).values()
    return max(1, min(workers, run.concurrency, *(int(limit) for limit in limits if limit is not None)))


def share_of(run: Run, seat: int, seats: int) -> Run:
    """Return a run as one of its seats has it; the limits of all seats together are the run's own."""
    given = run.options.model_dump(include=set(_DIVIDED), exclude_none=True)
    limits = {name: _share(limit, seat, seats) for name, limit in given.items()}
    options: RunOptions = run.options.model_copy(update=limits)
    return run.model_copy(
        update={
            "calls": None,
            "concurrency": _share(run.concurrency, seat, seats),
            "settings": {**run.settings, OPTIONS: options.model_dump(exclude_defaults=True)},
        }
    )


def _share(whole: int, seat: int, seats: int) -> int:
    return whole // seats + (seat < whole % seats)


def _shard_size(samples: int, seats: int) -> int:
    return max(1, min(MOST_SAMPLES, -(-samples // (seats * _SHARDS_OF_A_SEAT))))


def _parts(repeat: int, numbers: Iterable[int], size: int) -> Iterator[Part]:
    ranges: Ranges = []
    samples = 0
    for number in numbers:
        if ranges and ranges[-1][1] == number:
            ranges[-1] = (ranges[-1][0], number + 1)
        else:
            ranges.append((number, number + 1))
        samples += 1
        if samples == size:
            yield Part(repeat, ranges, samples)
            ranges, samples = [], 0
    if samples:
        yield Part(repeat, ranges, samples)
