"""The scores of a run as columns over the items of its dataset: a million samples in some tens of bytes each.

What a model answered is not among them; it is read where it is shown, a page at a time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from windlass.evaluation.item_index import UNKNOWN, ItemIndex, Positions
from windlass.evaluation.samples import Judgement, SampleResult
from windlass.evaluation.text_columns import TextColumn
from windlass.evaluation.trace_rows import TraceRows

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class ScoreColumn:
    """One metric over the samples of a run."""

    judged: NDArray[np.bool_]
    """Whether the sample has a judgement, be it one without a value."""
    values: Floats
    """NaN where there is none."""
    labels: TextColumn
    """Of judgements without a value, what they say instead."""
    source: Literal["code", "judge"] = "code"

    @property
    def has_value(self) -> Mask:
        return ~np.isnan(self.values)

    def judgement(self, row: int) -> Judgement | None:
        if not self.judged[row]:
            return None
        value = float(self.values[row])
        return Judgement(None if value != value else value, self.labels[row], source=self.source)

    def only(self, rows: NDArray[np.int64]) -> "ScoreColumn":
        return ScoreColumn(self.judged[rows], self.values[rows], self.labels.only(rows), self.source)


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
    errors: TextColumn
    """Of samples that were not answered."""
    error_types: TextColumn
    columns: Mapping[str, ScoreColumn]

    def __len__(self) -> int:
        return int(self.positions.size)

    @cached_property
    def is_repeated(self) -> bool:
        return bool((self.positions[1:] == self.positions[:-1]).any())

    @cached_property
    def bounds(self) -> NDArray[np.int64]:
        """Where the rows of each item begin, and behind the last where they end."""
        return np.searchsorted(self.positions, np.arange(len(self.index) + 1)).astype(np.int64)

    def row_of(self, item: str, repeat: int) -> int | None:
        """Return the row of a sample."""
        position = self.index.position(item)
        if position == UNKNOWN:
            return None
        rows = range(int(self.bounds[position]), int(self.bounds[position + 1]))
        return next((row for row in rows if self.repeats[row] == repeat), None)

    @cached_property
    def of_traces(self) -> TraceRows:
        return TraceRows(self.traces[:, 0], self.traces[:, 1])

    def at_rows(self, rows: NDArray[np.int64], columns: Mapping[str, ScoreColumn]) -> "RunScores":
        """Return some of its samples, in the order of the dataset, with other scores."""
        return RunScores(
            index=self.index,
            positions=self.positions[rows],
            repeats=self.repeats[rows],
            traces=self.traces[rows],
            times=self.times[rows],
            answered=self.answered[rows],
            errors=self.errors.only(rows),
            error_types=self.error_types.only(rows),
            columns=columns,
        )

    def only(self, positions: Mask) -> "RunScores":
        """Return the samples of some items, each at its position still."""
        rows = np.flatnonzero(positions[self.positions])
        return self.at_rows(rows, {name: column.only(rows) for name, column in self.columns.items()})

    def by_item(self, metric: str) -> Floats:
        """Return an item's value at its position, the mean over its repeats; NaN where it has none."""
        values = np.full(len(self.index), np.nan)
        column = self.columns.get(metric)
        if column is None:
            return values
        there = column.has_value
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

    def counts_of(self, rows: Mask) -> NDArray[np.int64]:
        """Return, at an item's position, how many of its samples are among some rows."""
        return np.bincount(self.positions[rows], minlength=len(self.index)).astype(np.int64)


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
        errors=TextColumn.of("" if each.prediction else each.error or "" for each in samples),
        error_types=TextColumn.of("" if each.prediction else each.error_type for each in samples),
        columns={name: _column(samples, name) for name in names},
    )


def _column(samples: Sequence[SampleResult], name: str) -> ScoreColumn:
    judgements = [result.judgements.get(name, None) for result in samples]
    values = [np.nan if each is None or each.value is None else each.value for each in judgements]
    return ScoreColumn(
        judged=np.array([each is not None for each in judgements], dtype=np.bool_),
        values=np.array(values, dtype=np.float64),
        labels=TextColumn.of("" if each is None or each.value is not None else each.label for each in judgements),
        source="judge" if any(each is not None and each.source == "judge" for each in judgements) else "code",
    )


def _numbers(result: SampleResult) -> tuple[int, int, int]:
    return int(result.trace_id[:16], 16), int(result.trace_id[16:], 16), int(result.span_id, 16)
