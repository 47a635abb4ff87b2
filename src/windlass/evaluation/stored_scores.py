"""The scores of a run, read from the warehouse as columns."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from windlass.evaluation.amounts import Amounts
from windlass.evaluation.item_index import UNKNOWN, ItemIndex
from windlass.evaluation.run_scores import RunScores, ScoreColumn
from windlass.evaluation.spans import ATTEMPTS, ERROR_TYPE, PREDICTION
from windlass.evaluation.text_columns import TextColumn
from windlass.evaluation.trace_rows import TraceRows
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.sample_columns import (
    Marks,
    Records,
    ScoreName,
    failures_of_run,
    labels_without_value,
    prediction_numbers,
    sample_columns,
    score_names,
    score_values,
)

MARKS: Final = Marks(finished=ATTEMPTS, answered=PREDICTION)


def read_scores(warehouse: Warehouse, project: str, run: str, index: ItemIndex, *, without: str) -> RunScores:
    """Return the scores of a run's samples; ``without`` are those of evaluators whose names begin so.

    Samples of items that the dataset version does not have are left out.
    """
    samples = sample_columns(warehouse, project, run, MARKS)
    positions = index.find(samples["item"])
    order = np.lexsort((samples["repeat"], positions))
    order = order[positions[order] != UNKNOWN]
    samples, positions = samples[order], positions[order]
    rows = TraceRows(samples["trace_high"], samples["trace_low"])
    answered = samples["answered"] != 0
    ends = samples["start_ns"] + samples["duration_ns"]
    return RunScores(
        index=index,
        positions=positions,
        repeats=samples["repeat"].astype(np.int64),
        traces=np.stack([samples["trace_high"], samples["trace_low"], samples["span"]], axis=1),
        times=np.stack([samples["start_ns"], ends], axis=1),
        answered=answered,
        **(_no_failures(len(rows)) if answered.all() else _failures(warehouse, project, run, rows)),
        columns={
            each.name: _column(warehouse, project, run, each, rows, without)
            for each in score_names(warehouse, project, run, without=without)
        },
    )


def read_amounts(warehouse: Warehouse, project: str, run: str, scores: RunScores) -> Amounts:
    """Return what the samples of a run took, as their predictions say."""
    found = prediction_numbers(warehouse, project, run, PREDICTION)
    rows = scores.of_traces.find(found["trace_high"], found["trace_low"])
    amounts = Amounts.unknown(len(scores))
    for name, values in amounts._asdict().items():
        values[rows[rows != UNKNOWN]] = found[name][rows != UNKNOWN]
    return amounts


def _no_failures(samples: int) -> dict[str, TextColumn]:
    return {"errors": TextColumn.empty(samples), "error_types": TextColumn.empty(samples)}


def _failures(warehouse: Warehouse, project: str, run: str, rows: TraceRows) -> dict[str, TextColumn]:
    found = failures_of_run(warehouse, project, run, MARKS, ERROR_TYPE)
    return {
        "errors": _texts(found.records, "error", rows, found.errors),
        "error_types": _texts(found.records, "error_type", rows, found.error_types),
    }


def _column(
    warehouse: Warehouse, project: str, run: str, named: ScoreName, rows: TraceRows, without: str
) -> ScoreColumn:
    scores = score_values(warehouse, project, run, named.name, without=without)
    places = rows.find(scores["trace_high"], scores["trace_low"])
    scores, places = scores[places != UNKNOWN], places[places != UNKNOWN]
    if np.bincount(places).max(initial=0) > 1:
        # Several judges of one name: the latest counts, and one that names the item before one that does not.
        latest = np.lexsort((scores["time_us"], scores["named"]))
        scores, places = scores[latest], places[latest]
    values, judged = np.full(len(rows), np.nan), np.zeros(len(rows), dtype=np.bool_)
    values[places], judged[places] = np.where(scores["known"] != 0, scores["value"], np.nan), True
    labels = TextColumn.empty(len(rows))
    if (np.isnan(values) & judged).any():
        said = np.zeros(len(rows), dtype=np.uint64)
        said[places] = scores["label"]
        labels = TextColumn.of_hashes(
            said, labels_without_value(warehouse, project, run, named.name, without=without)
        )
    return ScoreColumn(judged, values, labels, "judge" if named.judged else "code")


def _texts(records: Records, field: str, rows: TraceRows, named: Mapping[int, str]) -> TextColumn:
    places = rows.find(records["trace_high"], records["trace_low"])
    hashes = np.zeros(len(rows), dtype=np.uint64)
    hashes[places[places != UNKNOWN]] = records[field][places != UNKNOWN]
    return TextColumn.of_hashes(hashes, named)
