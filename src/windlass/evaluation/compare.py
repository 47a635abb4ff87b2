"""Two runs side by side: paired metrics, and the samples with the greatest losses first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from windlass.errors import InputError
from windlass.evaluation.gates.aligned import Aligned
from windlass.evaluation.gates.comparisons import SEED
from windlass.evaluation.gates.slices import SliceDifference, slice_report
from windlass.evaluation.item_index import UNKNOWN, Positions
from windlass.evaluation.media.files import Media
from windlass.evaluation.metrics.usage import AMOUNTS
from windlass.evaluation.ranges import of_differences, range_of
from windlass.evaluation.repeats import average_repeats
from windlass.evaluation.result_columns import Results
from windlass.evaluation.results import run_sample
from windlass.evaluation.run_scores import Floats, RunScores
from windlass.evaluation.runs import Run, RunSummary
from windlass.evaluation.sample_pages import ReadItems, number_of
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.score_summaries import cluster_codes
from windlass.evaluation.statistics.paired import paired_difference

MOST_POINTS: Final = 400
"""Differences in the line of all of them: more cannot be told apart in a picture."""


class PairedMetric(BaseModel):
    """A metric on the items that have a value in both runs; the difference is candidate − baseline."""

    name: str
    higher_is_better: bool
    baseline_mean: float | None
    candidate_mean: float | None
    difference: float | None
    low: float | None
    high: float | None
    n: int
    clusters: int | None = Field(default=None, exclude_if=lambda value: value is None)
    """Of runs that name the same cluster: the interval takes account of it."""
    p_value: float | None
    """Two-sided, against no difference."""


class ComparedSide(BaseModel):
    output: str
    media: list[Media]
    error: str | None
    trace_id: str
    scores: dict[str, float | None]


class ComparedSample(BaseModel):
    item: str
    input: object
    reference: object
    baseline: ComparedSide | None
    candidate: ComparedSide | None
    difference: float | None
    """Of the chosen metric, candidate − baseline."""


class Tally(BaseModel):
    """How many items moved which way on the chosen metric."""

    worse: int
    equal: int
    better: int
    unknown: int
    """Items without a value in one of the runs."""


class DifferencePoint(BaseModel):
    item: str
    difference: float


class Comparison(BaseModel):
    baseline: RunSummary
    candidate: RunSummary
    metric: str
    """The one that orders the samples."""
    items_paired: int
    items_missing: int
    metrics: list[PairedMetric]
    tally: Tally
    differences: list[DifferencePoint]
    """The differences of the chosen metric from the least to the greatest; of many, evenly spaced ones."""
    samples: list[ComparedSample]
    """The first page."""
    next: str | None
    """The cursor of the page after it; null at the end."""


class ComparedPage(BaseModel):
    items: list[ComparedSample]
    next: str | None


@dataclass(frozen=True)
class Pairing:
    """Two runs on one dataset version, whose items are in the order of their losses of one metric."""

    baseline: Run
    candidate: Run
    before: RunScores
    after: RunScores
    metrics: Sequence[str]
    """Those that both runs have."""
    metric: str
    """The one that orders the items."""

    @property
    def higher_is_better(self) -> bool:
        return self.candidate.higher_is_better.get(self.metric, True)

    def differences(self) -> Floats:
        """Return candidate − baseline of each item at its position; NaN where one of them has no value."""
        return self.after.by_item(self.metric) - self.before.by_item(self.metric)

    def order(self, differences: Floats) -> Positions:
        """Return the positions of the items, the greatest loss first, and last what cannot be compared."""
        # Stable: equal losses stay in the order of the dataset.
        return np.argsort(differences if self.higher_is_better else -differences, kind="stable")


@dataclass(frozen=True)
class ReadBoth:
    """Reads the samples of some items in both runs."""

    before: ReadItems
    after: ReadItems


def pair_runs(
    baseline: Run, candidate: Run, before: RunScores, after: RunScores, metric: str | None = None
) -> Pairing:
    """Line up two runs on the same dataset version; ``metric`` is the first that both have, unless given.

    Raises InputError for a metric that either run lacks and for different data.
    """
    return Pairing(baseline, candidate, before, after, *shared_metrics(baseline, candidate, metric))


def shared_metrics(baseline: Run, candidate: Run, metric: str | None = None) -> tuple[list[str], str]:
    """Return the metrics that both runs have, and the chosen one. Raises as ``pair_runs`` does."""
    shared = [name for name in candidate.evaluators if name in baseline.evaluators]
    if baseline.dataset.digest != candidate.dataset.digest:
        raise InputError(
            f"{baseline.id} and {candidate.id} are on different versions of data; compare on one version."
        )
    if not shared:
        raise InputError(f"{baseline.id} and {candidate.id} have no metric in common.")
    if metric is not None and metric not in shared:
        raise InputError(f"The runs do not both have the metric {metric!r}; they share {', '.join(shared)}.")
    return shared, metric or shared[0]


def compare_runs(pairing: Pairing, items: Sequence[Item], read: ReadBoth, *, limit: int = 50) -> Comparison:
    """Compare two runs: their metrics, and the samples with the greatest losses first."""
    differences = pairing.differences()
    order = pairing.order(differences)
    paired = pairing.before.has_item() & pairing.after.has_item()
    page = _page(items, read, differences, order, limit, 0)
    clusters = cluster_codes(items, shared_cluster(pairing.baseline, pairing.candidate))
    return Comparison(
        baseline=RunSummary.model_validate(pairing.baseline.model_dump()),
        candidate=RunSummary.model_validate(pairing.candidate.model_dump()),
        metric=pairing.metric,
        items_paired=int(paired.sum()),
        items_missing=int((~paired).sum()),
        metrics=[_paired_metric(pairing, name, clusters) for name in pairing.metrics],
        tally=_tally(differences, higher_is_better=pairing.higher_is_better),
        differences=_points(differences, items),
        samples=page.items,
        next=page.next,
    )


def compared_page(
    pairing: Pairing, items: Sequence[Item], read: ReadBoth, *, limit: int = 50, cursor: str | None = None
) -> ComparedPage:
    """Return a page of the samples in their order; the cursor counts them. Raises InputError for a damaged one."""
    differences = pairing.differences()
    return _page(items, read, differences, pairing.order(differences), limit, number_of(cursor))


def compare_slices(
    baseline: Run,
    candidate: Run,
    baseline_samples: Results,
    candidate_samples: Results,
    *,
    items: Mapping[str, Item],
    metric: str | None = None,
) -> list[SliceDifference]:
    """Return what changed in a metric on every slice of the items, the greatest loss first. Raises as above."""
    _, chosen = shared_metrics(baseline, candidate, metric)
    return slice_report(
        Aligned(baseline_samples, candidate_samples, items),
        [chosen],
        {chosen: candidate.higher_is_better.get(chosen, True)},
        cluster=shared_cluster(baseline, candidate),
    )


def shared_cluster(baseline: Run, candidate: Run) -> str | None:
    """Return the cluster that both runs say, if they say the same."""
    return candidate.cluster if candidate.cluster == baseline.cluster else None


def compared_item(pairing: Pairing, items: Sequence[Item], read: ReadBoth, item: str) -> ComparedPage:
    """Return one item of both runs; nothing where the dataset does not have it."""
    position = pairing.after.index.position(item)
    order = np.array([] if position == UNKNOWN else [position], dtype=np.int64)
    return _page(items, read, pairing.differences(), order, 1, 0)


def compared_at(
    pairing: Pairing, items: Sequence[Item], read: ReadBoth, positions: Sequence[int]
) -> list[ComparedSample]:
    """Return the items at some positions in both runs."""
    order = np.array(positions, dtype=np.int64)
    return _page(items, read, pairing.differences(), order, order.size, 0).items


def _page(
    items: Sequence[Item],
    read: ReadBoth,
    differences: Floats,
    order: Positions,
    limit: int,
    start: int,
) -> ComparedPage:
    positions = order[start : start + limit].tolist()
    shown = [items[position] for position in positions]
    ids = [item.id for item in shown]
    before, after = (average_repeats(each(ids).values()) for each in (read.before, read.after))
    samples = [
        ComparedSample(
            item=item.id,
            input=item.input,
            reference=item.reference,
            baseline=_side(item, before),
            candidate=_side(item, after),
            difference=_known(differences[position]),
        )
        for position, item in zip(positions, shown, strict=True)
    ]
    return ComparedPage(items=samples, next=str(start + limit) if order.size > start + limit else None)


def _side(item: Item, results: Mapping[str, SampleResult]) -> ComparedSide | None:
    if item.id not in results:
        return None
    sample = run_sample(item, results[item.id])
    return ComparedSide(
        output=sample.output,
        media=sample.media,
        error=sample.error,
        trace_id=sample.trace_id,
        scores=sample.scores,
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _tally(differences: Floats, *, higher_is_better: bool) -> Tally:
    gained, lost = int((differences > 0).sum()), int((differences < 0).sum())
    return Tally(
        worse=lost if higher_is_better else gained,
        equal=int((differences == 0).sum()),
        better=gained if higher_is_better else lost,
        unknown=int(np.isnan(differences).sum()),
    )


def _points(differences: Floats, items: Sequence[Item]) -> list[DifferencePoint]:
    known: NDArray[np.int64] = np.flatnonzero(~np.isnan(differences))
    ascending = known[np.argsort(differences[known], kind="stable")]
    places = np.linspace(0, max(ascending.size - 1, 0), min(ascending.size, MOST_POINTS)).round().astype(np.int64)
    return [
        DifferencePoint(item=items[position].id, difference=float(differences[position]))
        for position in ascending[places].tolist()
    ]


def _paired_metric(pairing: Pairing, name: str, clusters: Positions | None) -> PairedMetric:
    higher_is_better = pairing.candidate.higher_is_better.get(name, True)
    before, after = pairing.before.by_item(name), pairing.after.by_item(name)
    both = ~(np.isnan(before) | np.isnan(after))
    before, after = before[both], after[both]
    if not both.any():
        return PairedMetric(
            name=name,
            higher_is_better=higher_is_better,
            baseline_mean=None,
            candidate_mean=None,
            difference=None,
            low=None,
            high=None,
            n=0,
            p_value=None,
        )
    belonging = None if clusters is None else clusters[both]
    bounds = of_differences(range_of(name, before, after))
    pairs = paired_difference(
        before, after, belonging, amount=name in AMOUNTS, bounds=bounds, skewed=bounds is None, seed=SEED
    )
    interval = pairs.interval()
    return PairedMetric(
        name=name,
        higher_is_better=higher_is_better,
        baseline_mean=sum(before.tolist()) / before.size,
        candidate_mean=sum(after.tolist()) / after.size,
        difference=pairs.difference,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        n=pairs.n,
        clusters=None if belonging is None else pairs.clusters,
        p_value=pairs.p_two_sided(),
    )
