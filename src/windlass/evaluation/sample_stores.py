"""Where the samples of a run are kept, as a runner sees it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from windlass.evaluation.samples import Item, SampleResult


class SampleStore(Protocol):
    """Where the samples of one run are kept. Every call blocks; what was written is durable on return."""

    def stored(self) -> Mapping[str, SampleResult]:
        """Return the finished samples by key, with the judgements that were stored of them."""
        ...

    def pieces(self) -> Iterable[Mapping[str, SampleResult]]:
        """Give the same piece by piece, for they may be many: all of an item in one piece, at least one piece."""
        ...

    def write(self, samples: Sequence[tuple[Item, SampleResult]]) -> None:
        """Store finished samples, first each sample, then its judgements."""
        ...

    def write_judgements(self, results: Sequence[SampleResult]) -> None:
        """Store judgements of samples that are stored already."""
        ...
