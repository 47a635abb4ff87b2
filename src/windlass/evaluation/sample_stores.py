"""Where the samples of a run are kept, as a runner sees it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, Protocol

from windlass.evaluation.samples import Item, SampleResult

MOST_AT_ONCE: Final = 1000
"""Items in a range: they are read together."""


class Finished(Protocol):
    """Which samples of a run are finished, told by the positions of their items: there may be a million."""

    samples: int
    """How many are, failed ones among them."""
    failed: int

    def has(self, position: int, repeat: int) -> bool:
        """Tell whether the sample of an item is finished."""
        ...

    def missing(self, repeats: Sequence[int]) -> Iterator[range]:
        """Give the items that lack any of some repeats, in their order, not too many at once."""
        ...

    def unjudged(self) -> Iterator[range]:
        """Give the items of which an answered sample lacks a judgement, in the same way."""
        ...


class NothingFinished:
    """What is finished of a run that begins."""

    samples = 0
    failed = 0

    def __init__(self, items: int) -> None:
        self._items = items

    def has(self, position: int, repeat: int) -> bool:  # noqa: ARG002 - as Finished has it
        return False

    def missing(self, repeats: Sequence[int]) -> Iterator[range]:  # noqa: ARG002
        return ranges_at_once(0, self._items)

    def unjudged(self) -> Iterator[range]:
        return iter(())


class SampleStore(Protocol):
    """Where the samples of one run are kept. Every call blocks; what was written is durable on return, and read
    once it has settled."""

    def finished(self, items: Sequence[Item], repeats: range, names: Collection[str]) -> Finished:
        """Tell which samples are finished, and lack no judgement of some names."""
        ...

    def of_items(self, items: Sequence[str]) -> Mapping[str, SampleResult]:
        """Return the finished samples of some items by key, with the judgements that were stored of them."""
        ...

    def write(self, samples: Sequence[tuple[Item, SampleResult]]) -> None:
        """Store finished samples, first each sample, then its judgements."""
        ...

    def write_judgements(self, results: Sequence[SampleResult]) -> None:
        """Store judgements of samples that are stored already."""
        ...

    def settle(self) -> None:
        """Return when everything that was written can be read."""
        ...


def ranges_at_once(first: int, end: int) -> Iterator[range]:
    """Cut a range of items into such as are read together."""
    return (range(start, min(end, start + MOST_AT_ONCE)) for start in range(first, end, MOST_AT_ONCE))
