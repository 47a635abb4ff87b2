"""What is finished of a run, told from its scores as columns: no sample is read that has all it needs."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from windlass.evaluation.item_index import ItemIndex
from windlass.evaluation.items_by_id import ids_of
from windlass.evaluation.run_scores import Mask, RunScores
from windlass.evaluation.sample_stores import ranges_at_once
from windlass.evaluation.samples import Item


class FinishedColumns:
    """Which samples are finished: a byte for each, and one for each item that lacks a judgement."""

    def __init__(self, scores: RunScores, repeats: range, names: Collection[str]) -> None:
        meant = (scores.repeats >= repeats.start) & (scores.repeats < repeats.stop)
        self._first = repeats.start
        self._there = np.zeros((len(repeats), len(scores.index)), dtype=np.bool_)
        self._there[scores.repeats[meant] - repeats.start, scores.positions[meant]] = True
        self.samples = int(meant.sum())
        self.failed = int((meant & ~scores.answered).sum())
        self._unjudged = np.zeros(len(scores.index), dtype=np.bool_)
        self._unjudged[scores.positions[scores.answered & ~_judged(scores, names)]] = True

    def has(self, position: int, repeat: int) -> bool:
        return bool(self._there[repeat - self._first, position])

    def missing(self, repeats: Sequence[int]) -> Iterator[range]:
        lacking = np.zeros(self._there.shape[1], dtype=np.bool_)
        for repeat in repeats:
            lacking |= ~self._there[repeat - self._first]
        return _ranges(lacking)

    def unjudged(self) -> Iterator[range]:
        return _ranges(self._unjudged)


def index_of(items: Sequence[Item]) -> ItemIndex:
    return ItemIndex(ids_of(items))


def _judged(scores: RunScores, names: Collection[str]) -> Mask:
    """Tell of each sample whether it has a judgement of every name."""
    judged = np.ones(len(scores), dtype=np.bool_)
    for name in names:
        column = scores.columns.get(name)
        judged &= column.judged if column is not None else False
    return judged


def _ranges(wanted: Mask) -> Iterator[range]:
    """Give the positions that are wanted as ranges."""
    borders = np.flatnonzero(np.diff(wanted, prepend=False, append=False)).reshape(-1, 2)
    for first, end in borders.tolist():
        yield from ranges_at_once(first, end)
