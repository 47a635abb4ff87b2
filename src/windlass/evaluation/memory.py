"""Samples kept in memory: for an evaluation whose samples need not outlive the process."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from windlass.evaluation.samples import Item, SampleResult


class MemorySamples:
    """A sample store without an engine."""

    def __init__(self) -> None:
        self._results: dict[str, SampleResult] = {}

    def stored(self) -> Mapping[str, SampleResult]:
        return dict(self._results)

    def pieces(self) -> Iterable[Mapping[str, SampleResult]]:
        return [self.stored()]

    def write(self, samples: Sequence[tuple[Item, SampleResult]]) -> None:
        self._results.update((result.key, result) for _, result in samples)

    def write_judgements(self, results: Sequence[SampleResult]) -> None:
        for result in results:
            kept = self._results[result.key]
            self._results[result.key] = replace(kept, judgements={**kept.judgements, **result.judgements})
