"""Samples kept in memory: for an evaluation whose samples need not outlive the process."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from windlass.evaluation.amounts import Amounts, amounts_of_results
from windlass.evaluation.finished import FinishedColumns, index_of
from windlass.evaluation.item_index import ItemIndex, hash_of_id
from windlass.evaluation.run_scores import RunScores, scores_of_results
from windlass.evaluation.samples import Item, SampleResult


class MemorySamples:
    """A sample store without an engine."""

    def __init__(self) -> None:
        self._results: dict[str, SampleResult] = {}

    def stored(self) -> Mapping[str, SampleResult]:
        return dict(self._results)

    def finished(self, items: Sequence[Item], repeats: range, names: Collection[str]) -> FinishedColumns:
        return FinishedColumns(self.scores(index_of(items)), repeats, names)

    def of_items(self, items: Sequence[str]) -> Mapping[str, SampleResult]:
        wanted = set(items)
        return {key: result for key, result in self._results.items() if result.item in wanted}

    def items_there(self) -> NDArray[np.uint64]:
        return np.array([hash_of_id(result.item) for result in self._results.values()], dtype=np.uint64)

    def scores(self, index: ItemIndex) -> RunScores:
        return scores_of_results(self._results.values(), index)

    def amounts(self, scores: RunScores) -> Amounts:
        return amounts_of_results(self._results.values(), scores)

    def state(self) -> Hashable:
        return self

    def write(self, samples: Sequence[tuple[Item, SampleResult]]) -> None:
        self._results.update((result.key, result) for _, result in samples)

    def write_judgements(self, results: Sequence[SampleResult]) -> None:
        for result in results:
            kept = self._results[result.key]
            self._results[result.key] = replace(kept, judgements={**kept.judgements, **result.judgements})

    def settle(self) -> None:
        """What is in memory can be read at once."""
