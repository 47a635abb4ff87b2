"""The scores of a run as columns over the items of its dataset: a million samples in some tens of bytes each.

What a model answered is not among them; it is read where it is shown, a page at a time.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from windlass.evaluation.item_index import UNKNOWN, ItemIndex, Positions
from windlass.evaluation.repeats import average_repeats
from windlass.evaluation.samples import Judgement, Prediction, SampleResult

Floats = NDArray[np.float64]

ANSWERED: Final = Prediction(output="")
"""Stands for an answer that is not read here."""


@dataclass(frozen=True)
class ScoreColumn:
    """One metric over the samples of a run."""

    judged: NDArray[np.bool_]
    """Whether the sample has a judgement, be it one without a value."""
    values: Floats
    """NaN where there is none."""
    labels: Mapping[int, str]
    """Of judgements without a value, what they say instead, by row."""
    source: Literal["code", "judge"] = "code"

    def judgement(self, row: int) -> Judgement | None:
        if not self.judged[row]:
            return None
        value = float(self.values[row])
        return Judgement(None if value != value else value, self.labels.get(row, ""), source=self.source)


@dataclass(frozen=True)
class RunScores:
    """The finished samples of a run in the order of its dataset, an item's repeats together."""

    index: ItemIndex
    positions: Positions
    """Of each sample, where its item is in the dataset."""
    repeats: NDArray[np.int64]
    traces: NDArray[np.uint64]
    """Of each sample, the two halves of its trace's id and the id of its span."""
    times: NDArray[np.int64]
    """Of each sample, its start and end in nanoseconds."""
    answered: NDArray[np.bool_]
    failures: Mapping[int, tuple[str, str]]
    """By row, the error of a sample that was not answered, and its type."""
    columns: Mapping[str, ScoreColumn]

    def __len__(self) -> int:
        return int(self.positions.size)

    @property
    def is_repeated(self) -> bool:
        return bool((self.positions[1:] == self.positions[:-1]).any())

    def rows(self, position: int) -> range:
        """Return the rows of an item's samples."""
        first = int(np.searchsorted(self.positions, position))
        end = first
        while end < len(self) and self.positions[end] == position:
            end += 1
        return range(first, end)

    def by_item(self, metric: str) -> Floats:
        """Return an item's value at its position, the mean over its repeats; NaN where it has none."""
        values = np.full(len(self.index), np.nan)
        column = self.columns.get(metric)
        if column is None:
            return values
        there = ~np.isnan(column.values)
        places, found = self.positions[there], column.values[there]
        if not self.is_repeated:
            values[places] = found
            return values
        # In the order of the repeats, as they are averaged elsewhere: the last digit may decide who comes first.
        sums = np.bincount(places, weights=found, minlength=values.size)
        counts = np.bincount(places, minlength=values.size)
        np.divide(sums, counts, out=values, where=counts > 0)
        return values

    def has_item(self) -> NDArray[np.bool_]:
        """Tell of each position whether its item has a sample."""
        there = np.zeros(len(self.index), dtype=np.bool_)
        there[self.positions] = True
        return there

    def failed_shares(self) -> Floats:
        """Return, at an item's position, what share of its samples was not answered; NaN where there is none."""
        size = len(self.index)
        failed = np.bincount(self.positions, weights=~self.answered, minlength=size)
        counts = np.bincount(self.positions, minlength=size)
        shares = np.full(size, np.nan)
        np.divide(failed, counts, out=shares, where=counts > 0)
        return shares

    def values_of_items(self, metric: str) -> Iterator[list[float]]:
        """Give the values that each item's repeats have, item by item."""
        column = self.columns.get(metric)
        found = np.full(len(self), np.nan) if column is None else column.values
        bounds = np.searchsorted(self.positions, np.arange(len(self.index) + 1))
        for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            yield [value for value in found[start:end].tolist() if value == value]

    def samples(self, ids: Iterable[str]) -> Iterator[SampleResult]:
        """Give the samples without their outputs; ``ids`` are those of the items, in the dataset's order."""
        at = 0
        for position, item in enumerate(ids):
            while at < len(self) and self.positions[at] == position:
                yield ScoredSample(self, item, at)
                at += 1


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
        return None if self._scores.answered[self._row] else self._scores.failures.get(self._row, ("", ""))[0]

    @property
    def error_type(self) -> str:
        return self._scores.failures.get(self._row, ("", ""))[1]

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

    def __init__(self, scores: RunScores, positions: Mapping[str, int]) -> None:
        """``positions`` are those of the dataset's items by id."""
        self._scores = scores
        self._positions = positions
        bounds = np.searchsorted(scores.positions, np.arange(len(positions) + 1))
        self._bounds = array("q", bounds.astype(np.int64).tobytes())

    def __getitem__(self, item: str) -> SampleResult:
        position = self._positions[item]
        start, end = self._bounds[position], self._bounds[position + 1]
        if start == end:
            raise KeyError(item)
        if end - start == 1:
            return ScoredSample(self._scores, item, start)
        return average_repeats([ScoredSample(self._scores, item, row) for row in range(start, end)])[item]

    def values_of(self, items: Sequence[str], metric: str) -> Floats:
        """Return a metric of some items, the mean over an item's repeats; NaN where there is no value."""
        return self._at(items, self._scores.by_item(metric))

    def failed_shares_of(self, items: Sequence[str]) -> Floats:
        """Return what share of each item's repeats failed; NaN for an item without a sample."""
        return self._at(items, self._scores.failed_shares())

    def is_judged(self, metric: str) -> bool:
        column = self._scores.columns.get(metric)
        return column is not None and column.source == "judge"

    def _at(self, items: Sequence[str], values: Floats) -> Floats:
        # Behind the last item stands the value of one that the dataset does not have.
        places = np.fromiter((self._positions.get(item, -1) for item in items), np.int64, len(items))
        return np.append(values, np.nan)[places]

    def __contains__(self, item: object) -> bool:
        position = self._positions.get(item) if isinstance(item, str) else None
        return position is not None and self._bounds[position] < self._bounds[position + 1]

    def __iter__(self) -> Iterator[str]:
        return (
            item
            for item, position in self._positions.items()
            if self._bounds[position] < self._bounds[position + 1]
        )

    def __len__(self) -> int:
        return int(np.unique(self._scores.positions).size)


def scores_of_results(results: Iterable[SampleResult], index: ItemIndex) -> RunScores:
    """Make the columns of samples that are in memory; those of unknown items are left out."""
    placed = [(index.position(result.item), result) for result in results]
    there = [each for each in placed if each[0] != UNKNOWN]
    there.sort(key=lambda each: (each[0], each[1].repeat))
    samples = [result for _, result in there]
    names = dict.fromkeys(name for result in samples for name in result.judgements)
    return RunScores(
        index=index,
        positions=np.array([place for place, _ in there], dtype=np.int64),
        repeats=np.array([result.repeat for result in samples], dtype=np.int64),
        traces=np.array([_numbers(result) for result in samples], dtype=np.uint64).reshape(-1, 3),
        times=np.array([(each.start_ns, each.end_ns) for each in samples], dtype=np.int64).reshape(-1, 2),
        answered=np.array([result.prediction is not None for result in samples], dtype=np.bool_),
        failures={
            row: (result.error or "", result.error_type)
            for row, result in enumerate(samples)
            if result.prediction is None
        },
        columns={name: _column(samples, name) for name in names},
    )


def _column(samples: Sequence[SampleResult], name: str) -> ScoreColumn:
    judgements = [result.judgements.get(name, None) for result in samples]
    values = [np.nan if each is None or each.value is None else each.value for each in judgements]
    return ScoreColumn(
        judged=np.array([each is not None for each in judgements], dtype=np.bool_),
        values=np.array(values, dtype=np.float64),
        labels={row: each.label for row, each in enumerate(judgements) if each is not None and each.value is None},
        source="judge" if any(each is not None and each.source == "judge" for each in judgements) else "code",
    )


def _numbers(result: SampleResult) -> tuple[int, int, int]:
    return int(result.trace_id[:16], 16), int(result.trace_id[16:], 16), int(result.span_id, 16)
