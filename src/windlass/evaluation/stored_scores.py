"""The scores of a run, read from the warehouse as columns."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from windlass.evaluation.item_index import UNKNOWN, ItemIndex
from windlass.evaluation.run_scores import RunScores, ScoreColumn
from windlass.evaluation.spans import ATTEMPTS, ERROR_TYPE, PREDICTION
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.sample_columns import (
    Marks,
    Records,
    ScoreName,
    failures_of_run,
    labels_without_value,
    sample_columns,
    score_names,
    score_values,
)

MARKS: Final = Marks(finished=ATTEMPTS, answered=PREDICTION)

Numbers = NDArray[np.uint64]


def read_scores(warehouse: Warehouse, project: str, run: str, index: ItemIndex, *, without: str) -> RunScores:
    """Return the scores of a run's samples; ``without`` are those of evaluators whose names begin so.

    Samples of items that the dataset version does not have are left out.
    """
    samples = sample_columns(warehouse, project, run, MARKS)
    positions = index.find(samples["item"])
    order = np.lexsort((samples["repeat"], positions))
    order = order[positions[order] != UNKNOWN]
    samples, positions = samples[order], positions[order]
    rows = _Rows(samples)
    answered = samples["answered"] != 0
    ends = samples["start_ns"] + samples["duration_ns"]
    return RunScores(
        index=index,
        positions=positions,
        repeats=samples["repeat"].astype(np.int64),
        traces=np.stack([samples["trace_high"], samples["trace_low"], samples["span"]], axis=1),
        times=np.stack([samples["start_ns"], ends], axis=1),
        answered=answered,
        failures={} if answered.all() else _failures(warehouse, project, run, rows),
        columns={
            each.name: _column(warehouse, project, run, each, rows, without)
            for each in score_names(warehouse, project, run, without=without)
        },
    )


class _Rows:
    """The rows of samples by the numbers of their traces."""

    def __init__(self, samples: Records) -> None:
        keys = _keys(samples["trace_high"], samples["trace_low"])
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]

    def __len__(self) -> int:
        return int(self._keys.size)

    def find(self, high: Numbers, low: Numbers) -> NDArray[np.int64]:
        """Return the row of each trace; UNKNOWN for those of no sample."""
        wanted = _keys(high, low)
        if not len(self):
            return np.full(wanted.size, UNKNOWN, dtype=np.int64)
        places = np.minimum(np.searchsorted(self._keys, wanted), len(self) - 1)
        return np.where(self._keys[places] == wanted, self._order[places], UNKNOWN)

    def texts(self, found: Mapping[tuple[int, int], str]) -> dict[int, str]:
        """Return texts by row instead of by trace."""
        return {row: text for row, text in zip(self._of(found), found.values(), strict=True) if row != UNKNOWN}

    def _of(self, found: Mapping[tuple[int, int], object]) -> list[int]:
        numbers = np.array(list(found), dtype=np.uint64).reshape(-1, 2)
        rows: list[int] = self.find(numbers[:, 0], numbers[:, 1]).tolist()
        return rows


def _keys(high: Numbers, low: Numbers) -> Numbers:
    """Return one number a trace: ids are random, or count up in their lower half."""
    return (high * np.uint64(0x9E3779B97F4A7C15)) ^ low


def _failures(warehouse: Warehouse, project: str, run: str, rows: _Rows) -> dict[int, tuple[str, str]]:
    found = dict(failures_of_run(warehouse, project, run, MARKS, ERROR_TYPE))
    errors = rows.texts({trace: failure.error for trace, failure in found.items()})
    types = rows.texts({trace: failure.error_type for trace, failure in found.items()})
    return {row: (error, types[row]) for row, error in errors.items()}


def _column(
    warehouse: Warehouse, project: str, run: str, named: ScoreName, rows: _Rows, without: str
) -> ScoreColumn:
    scores = score_values(warehouse, project, run, named.name, without=without)
    places = rows.find(scores["trace_high"], scores["trace_low"])
    scores, places = scores[places != UNKNOWN], places[places != UNKNOWN]
    if np.unique(places).size < places.size:
        # Several judges of one name: the latest counts, and one that names the item before one that does not.
        latest = np.lexsort((scores["time_us"], scores["named"]))
        scores, places = scores[latest], places[latest]
    values, known = np.full(len(rows), np.nan), np.zeros(len(rows), dtype=np.bool_)
    judged = np.zeros(len(rows), dtype=np.bool_)
    values[places], known[places], judged[places] = scores["value"], scores["known"] != 0, True
    labels: dict[int, str] = {}
    if (judged & ~known).any():
        found = labels_without_value(warehouse, project, run, named.name, without=without)
        labels = {row: label for row, label in rows.texts(found).items() if not known[row]}
    return ScoreColumn(judged, values, labels, "judge" if named.judged else "code")
