"""The summaries of a run's metrics made of its scores as columns: of any number of samples, none is made."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from windlass.evaluation.item_index import ItemIndex
from windlass.evaluation.items_by_id import ids_of, metadata_of
from windlass.evaluation.metrics.usage import AMOUNTS
from windlass.evaluation.numbering import numbered
from windlass.evaluation.passes import Tries, all_rates_of
from windlass.evaluation.results import MetricSummary, RepeatSummary, reason_of_failure
from windlass.evaluation.run_means import run_mean
from windlass.evaluation.run_scores import Mask, RunScores, ScoreColumn
from windlass.evaluation.runs import Run
from windlass.evaluation.sample_stores import SampleStore
from windlass.evaluation.samples import Item
from windlass.evaluation.text_columns import TextColumn

Codes = NDArray[np.int64]

_NOBODY: Final = -1


class ScoredSamples(SampleStore, Protocol):
    """A store of samples whose scores can be read as columns."""

    def scores(self, index: ItemIndex) -> RunScores:
        """Return the scores of all samples."""
        ...


class RunSummed(NamedTuple):
    """What a run comes to."""

    finished: int
    """Samples, failed ones among them."""
    failed: int
    metrics: dict[str, MetricSummary]


def summary_of_run(run: Run, items: Sequence[Item], store: ScoredSamples) -> RunSummed:
    """Sum up what there is of a run; what has no value is counted, not hidden."""
    scores = store.scores(ItemIndex(ids_of(items)))
    metrics = summarise_scores(scores, run.evaluators, run.repeats, clusters=cluster_codes(items, run.cluster))
    return RunSummed(len(scores), int((~scores.answered).sum()), metrics)


def cluster_codes(items: Sequence[Item], field: str | None) -> Codes | None:
    """Return the number of each item's cluster, in the order of the items; None where no field says one."""
    if field is None:
        return None
    return numbered((str(metadata.get(field)) for metadata in metadata_of(items)), len(items))


def summarise_scores(
    scores: RunScores,
    metrics: Sequence[str],
    repeats: int = 1,
    *,
    clusters: Codes | None = None,
    among: Mask | None = None,
) -> dict[str, MetricSummary]:
    """Summarise metrics over the items of a run, or those at some positions; see ``summarise``.

    ``clusters`` has the number of each item's cluster at its position.
    """
    items = np.ones(len(scores.index), dtype=np.bool_) if among is None else among
    return {name: _summary(scores, name, items, repeats, clusters) for name in metrics}


def _summary(scores: RunScores, name: str, items: Mask, repeats: int, clusters: Codes | None) -> MetricSummary:
    column, values = scores.columns.get(name), scores.by_item(name)
    there = items & ~np.isnan(values)
    why = _reasons(scores, column, np.flatnonzero(items & ~there))
    return MetricSummary(
        **run_mean(name, values[there], None if clusters is None else clusters[there])._asdict(),
        n=int(there.sum()),
        missing=sum(why.values()),
        missing_why=why,
        repeats=_of_repeats(scores, name, items, repeats) if repeats > 1 else None,
        judged=column is not None and column.source == "judge",
    )


def tries_of(scores: RunScores, name: str) -> Tries | None:
    """Return how often each item passed a metric, at its position; None where a value is neither 0 nor 1."""
    column = scores.columns.get(name)
    if column is None:
        nothing = np.zeros(len(scores.index), dtype=np.int64)
        return Tries(nothing, nothing)
    passed, there = column.values == 1, column.has_value
    if not (passed | (column.values == 0) | ~there).all():
        return None
    return Tries(scores.counts_of(passed), scores.counts_of(there))


def _of_repeats(scores: RunScores, name: str, items: Mask, repeats: int) -> RepeatSummary:
    column = scores.columns.get(name)
    there = 0 if column is None else int((column.has_value & items[scores.positions]).sum())
    tries = None if name in AMOUNTS else tries_of(scores, name)
    return RepeatSummary(
        samples=there,
        missing=int(items.sum()) * repeats - there,
        passes=[] if tries is None else all_rates_of(tries.only(items), repeats),
    )


def _reasons(scores: RunScores, column: ScoreColumn | None, lacking: Codes) -> dict[str, int]:
    """Return how many of the items at some positions have no value for which reason, the most frequent first."""
    if not lacking.size:
        return {}
    said = np.full(lacking.size, "absent", dtype=object)
    starts = scores.bounds[lacking]
    is_there = scores.bounds[lacking + 1] > starts
    answered = scores.counts_of(scores.answered)[lacking] > 0
    failed = is_there & ~answered
    said[failed] = _texts(scores.error_types.map(reason_of_failure), starts[failed])
    if column is not None:
        first = _first_rows(scores, column.judged)[lacking]
        judged = answered & (first != _NOBODY)
        said[judged] = _texts(column.labels.map(lambda label: label or "undefined"), first[judged])
    return _counted(said)


def _first_rows(scores: RunScores, rows: Mask) -> Codes:
    """Return, at an item's position, the first of its samples that is among some rows."""
    first = np.full(len(scores.index), _NOBODY, dtype=np.int64)
    backwards = np.flatnonzero(rows)[::-1]
    first[scores.positions[backwards]] = backwards
    return first


def _texts(column: TextColumn, rows: Codes) -> NDArray[np.object_]:
    return np.array(column.texts, dtype=object)[column.codes[rows]]


def _counted(texts: NDArray[np.object_]) -> dict[str, int]:
    # Of equally many the first that is met comes first.
    return dict(Counter[str](texts.tolist()).most_common())
