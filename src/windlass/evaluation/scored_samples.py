"""The samples of a run made of its scores when they are asked for: what was answered is not among them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from windlass.evaluation.item_index import UNKNOWN, hash_of_id
from windlass.evaluation.items_by_id import PlacedIds
from windlass.evaluation.repeats import average_repeats
from windlass.evaluation.run_scores import Floats, RunScores, ScoreColumn
from windlass.evaluation.samples import Judgement, Prediction, SampleResult
from windlass.evaluation.sorted_ids import SortedIds

ANSWERED: Final = Prediction(output="")
"""Stands for an answer that is not read here."""


class ScoredSample(SampleResult):
    """One row of a run's scores as a sample, whose output is not read: each field is looked up when asked for."""

    __slots__ = ("_item", "_row", "_scores")

    _scores: RunScores
    _item: str
    _row: int

    def __init__(self, scores: RunScores, item: str, row: int) -> None:
        # The class above lets nobody set anything.
        object.__setattr__(self, "_scores", scores)
        object.__setattr__(self, "_item", item)
        object.__setattr__(self, "_row", row)

    @property
    def item(self) -> str:
        return self._item

    @property
    def repeat(self) -> int:
        return int(self._scores.repeats[self._row])

    @property
    def trace_id(self) -> str:
        high, low, _ = self._scores.traces[self._row].tolist()
        return f"{high:016x}{low:016x}"

    @property
    def span_id(self) -> str:
        return f"{int(self._scores.traces[self._row, 2]):016x}"

    @property
    def start_ns(self) -> int:
        return int(self._scores.times[self._row, 0])

    @property
    def end_ns(self) -> int:
        return int(self._scores.times[self._row, 1])

    @property
    def prediction(self) -> Prediction | None:
        return ANSWERED if self._scores.answered[self._row] else None

    @property
    def error(self) -> str | None:
        return None if self._scores.answered[self._row] else self._scores.errors[self._row]

    @property
    def error_type(self) -> str:
        return self._scores.error_types[self._row]

    @property
    def attempts(self) -> int:
        return 1

    @property
    def judgements(self) -> Mapping[str, Judgement]:
        return _Judgements(self._scores.columns, self._row)

    @property
    def failed_share(self) -> float:
        return float(not self._scores.answered[self._row])


class _Judgements(Mapping[str, Judgement]):
    """The judgements of one sample."""

    __slots__ = ("_columns", "_row")

    def __init__(self, columns: Mapping[str, ScoreColumn], row: int) -> None:
        self._columns = columns
        self._row = row

    def __getitem__(self, name: str) -> Judgement:
        found = self._columns[name].judgement(self._row)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return (name for name, column in self._columns.items() if column.judged[self._row])

    def __len__(self) -> int:
        return sum(1 for _ in self)


class ScoredItems(Mapping[str, SampleResult]):
    """What came of a run by item, its repeats averaged, made of its scores when it is asked for."""

    def __init__(self, scores: RunScores, ids: Iterable[str]) -> None:
        """``ids`` are those of all items of the dataset in their order, given anew by each iteration."""
        self.scores = scores
        self._ids = ids

    def __getitem__(self, item: str) -> SampleResult:
        rows = self._rows(item)
        if not rows:
            raise KeyError(item)
        if len(rows) == 1:
            return ScoredSample(self.scores, item, rows[0])
        return average_repeats([ScoredSample(self.scores, item, row) for row in rows])[item]

    def values_of(self, items: Sequence[str], metric: str) -> Floats:
        """Return a metric of some items, the mean over an item's repeats; NaN where there is no value."""
        return self._at(items, self.scores.by_item(metric))

    def failed_shares_of(self, items: Sequence[str]) -> Floats:
        """Return what share of each item's repeats failed; NaN for an item without a sample."""
        return self._at(items, self.scores.failed_shares())

    def is_judged(self, metric: str) -> bool:
        column = self.scores.columns.get(metric)
        return column is not None and column.source == "judge"

    @property
    def sorted_ids(self) -> SortedIds:
        return self._ids.sorted_ids if isinstance(self._ids, PlacedIds) else SortedIds(self._ids)

    def without(self, items: Collection[str]) -> "ScoredItems":
        """Return it without the samples of some items."""
        found = self.scores.index.find([hash_of_id(item) for item in items])
        others = np.ones(len(self.scores.index), dtype=np.bool_)
        others[found[found != UNKNOWN]] = False
        return ScoredItems(self.scores.only(others), self._ids)

    def _at(self, items: Sequence[str], values: Floats) -> Floats:
        if isinstance(items, PlacedIds) and items.of_version is self.scores.index:
            return values if items.positions is None else values[items.positions]
        found = self.scores.index.find(np.fromiter(map(hash_of_id, items), np.uint64, len(items)))
        # Behind the last item stands the value of one that the dataset does not have.
        return np.append(values, np.nan)[found]

    def _rows(self, item: str) -> range:
        position = self.scores.index.position(item)
        if position == UNKNOWN:
            return range(0)
        return range(int(self.scores.bounds[position]), int(self.scores.bounds[position + 1]))

    def __contains__(self, item: object) -> bool:
        return isinstance(item, str) and len(self._rows(item)) > 0

    def __iter__(self) -> Iterator[str]:
        return (item for item, there in zip(self._ids, self.scores.has_item().tolist(), strict=True) if there)

    def __len__(self) -> int:
        return int(self.scores.has_item().sum())


def scored_samples(scores: RunScores, ids: Iterable[str]) -> Iterator[ScoredSample]:
    """Give the samples of a run without their outputs; ``ids`` are those of the items, in the dataset's order."""
    bounds = scores.bounds
    for position, item in enumerate(ids):
        for row in range(int(bounds[position]), int(bounds[position + 1])):
            yield ScoredSample(scores, item, row)
