"""Two runs side by side: paired metrics, and the samples with the greatest losses first."""

from collections.abc import Mapping

from pydantic import BaseModel, Field

from windlass.errors import InputError
from windlass.evaluation.aligned import Aligned, Results
from windlass.evaluation.comparisons import SEED
from windlass.evaluation.media.files import Media
from windlass.evaluation.metrics.usage import AMOUNTS
from windlass.evaluation.results import run_sample
from windlass.evaluation.run_means import clusters_of
from windlass.evaluation.runs import Run, RunSummary
from windlass.evaluation.samples import Item
from windlass.evaluation.slices import SliceDifference, slice_report
from windlass.evaluation.statistics import paired_difference


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


class Comparison(BaseModel):
    baseline: RunSummary
    candidate: RunSummary
    metric: str
    """The one that orders the samples."""
    items_paired: int
    items_missing: int
    metrics: list[PairedMetric]
    samples: list[ComparedSample]


def compare_runs(
    baseline: Run,
    candidate: Run,
    baseline_samples: Results,
    candidate_samples: Results,
    *,
    items: Mapping[str, Item],
    metric: str | None = None,
) -> Comparison:
    """Compare two runs on the same dataset version.

    Samples are sorted worst first: the greatest loss in ``metric`` (the first one that both runs have, unless
    given), then those that cannot be compared. Raises InputError for a metric that either run lacks and for
    different data.
    """
    chosen, shared = _chosen_metric(baseline, candidate, metric), _shared_metrics(baseline, candidate)
    clusters = clusters_of(list(items.values()), shared_cluster(baseline, candidate))
    directions = candidate.higher_is_better
    samples = [_compared(item, baseline_samples, candidate_samples, chosen) for item in items.values()]
    sign = 1 if directions.get(chosen, True) else -1
    # Stable: equal losses stay in the order of the dataset.
    samples.sort(key=lambda each: (each.difference is None, sign * (each.difference or 0.0)))
    paired = sum(each.baseline is not None and each.candidate is not None for each in samples)
    return Comparison(
        baseline=RunSummary.model_validate(baseline.model_dump()),
        candidate=RunSummary.model_validate(candidate.model_dump()),
        metric=chosen,
        items_paired=paired,
        items_missing=len(samples) - paired,
        metrics=[_paired_metric(name, directions.get(name, True), samples, clusters) for name in shared],
        samples=samples,
    )


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
    chosen = _chosen_metric(baseline, candidate, metric)
    return slice_report(
        Aligned(baseline_samples, candidate_samples, items),
        [chosen],
        {chosen: candidate.higher_is_better.get(chosen, True)},
        cluster=shared_cluster(baseline, candidate),
    )


def shared_cluster(baseline: Run, candidate: Run) -> str | None:
    """Return the cluster that both runs say, if they say the same."""
    return candidate.cluster if candidate.cluster == baseline.cluster else None


def _chosen_metric(baseline: Run, candidate: Run, metric: str | None) -> str:
    shared = _shared_metrics(baseline, candidate)
    if metric is not None and metric not in shared:
        raise InputError(f"The runs do not both have the metric {metric!r}; they share {', '.join(shared)}.")
    return metric or shared[0]


def _shared_metrics(baseline: Run, candidate: Run) -> list[str]:
    if baseline.dataset.digest != candidate.dataset.digest:
        raise InputError(
            f"{baseline.id} and {candidate.id} are on different versions of data; compare on one version."
        )
    shared = [name for name in candidate.evaluators if name in baseline.evaluators]
    if not shared:
        raise InputError(f"{baseline.id} and {candidate.id} have no metric in common.")
    return shared


def _compared(item: Item, baseline: Results, candidate: Results, metric: str) -> ComparedSample:
    before, after = _side(item, baseline), _side(item, candidate)
    old = before.scores.get(metric) if before else None
    new = after.scores.get(metric) if after else None
    return ComparedSample(
        item=item.id,
        input=item.input,
        reference=item.reference,
        baseline=before,
        candidate=after,
        difference=None if old is None or new is None else new - old,
    )


def _side(item: Item, results: Results) -> ComparedSide | None:
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


def _paired_metric(
    name: str, higher_is_better: bool, samples: list[ComparedSample], clusters: Mapping[str, int] | None
) -> PairedMetric:
    both = [
        (sample.item, old, new)
        for sample in samples
        if sample.baseline is not None
        and sample.candidate is not None
        and (old := sample.baseline.scores.get(name)) is not None
        and (new := sample.candidate.scores.get(name)) is not None
    ]
    if not both:
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
    before, after = [old for _, old, _ in both], [new for _, _, new in both]
    belonging = None if clusters is None else [clusters[item] for item, _, _ in both]
    pairs = paired_difference(before, after, belonging, amount=name in AMOUNTS, seed=SEED)
    interval = pairs.interval()
    return PairedMetric(
        name=name,
        higher_is_better=higher_is_better,
        baseline_mean=sum(before) / len(before),
        candidate_mean=sum(after) / len(after),
        difference=pairs.difference,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        n=pairs.n,
        clusters=None if belonging is None else pairs.clusters,
        p_value=pairs.p_two_sided(),
    )
