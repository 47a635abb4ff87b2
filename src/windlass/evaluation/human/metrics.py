"""A judge's metric of a run corrected by people, or marked as the judge's word alone."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel, Field

from windlass.evaluation.human.labels import HumanLabels, Labels
from windlass.evaluation.result_columns import is_judged
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.statistics.paired import mean_estimate
from windlass.evaluation.statistics.prediction_powered import prediction_powered


class CorrectedMetric(BaseModel):
    """What people would say of all items of a run, by their labels of some and a judge's of the others."""

    labels: HumanLabels
    mean: float
    """θ, in units of the labels."""
    low: float | None
    high: float | None
    """The 95 % interval; null for too few labels."""
    labelled: int
    """Items with a human label: n."""
    unlabelled: int
    """Answered items without one: N."""
    weight: float
    """λ, from 0 (the judge counts for nothing) to 1."""
    effective_labels: float | None
    """How many human labels alone would be as sure."""
    human_mean: float
    """Of the labelled items by people alone."""


class JudgedMetric(BaseModel):
    """A metric that a model judged."""

    metric: str
    judge_mean: float | None
    judge_low: float | None
    judge_high: float | None
    judge_only: bool
    """Whether no person has labelled an item of the run for it."""
    corrected: list[CorrectedMetric] = Field(default=[])
    """One for each place where people labelled."""


def judged_metrics(metrics: Iterable[str], results: Mapping[str, SampleResult]) -> list[str]:
    """Return those whose values come from a model that judges."""
    return [metric for metric in metrics if is_judged(results, metric)]


def judged_metric(
    metric: str, results: Mapping[str, SampleResult], corrected: Sequence[CorrectedMetric]
) -> JudgedMetric:
    """Return what the judge says by itself, beside what people make of it."""
    values = [value for result in results.values() if (value := _value(result, metric)) is not None]
    judge = mean_estimate(values) if values else None
    return JudgedMetric(
        metric=metric,
        judge_mean=judge.mean if judge else None,
        judge_low=judge.low if judge else None,
        judge_high=judge.high if judge else None,
        judge_only=not corrected,
        corrected=list(corrected),
    )


def correct_metric(
    metric: str,
    human: HumanLabels,
    labels: Labels,
    results: Mapping[str, SampleResult],
    items: Iterable[Item],
) -> CorrectedMetric | None:
    """Correct a metric over the items that were answered; None where people labelled none of them.

    An item that the judge has no verdict on takes the judge's mean: left out, it would flatter a judge that fails
    on the hard ones.
    """
    answered = [item.id for item in items if (found := results.get(item.id)) and found.prediction is not None]
    values = [_value(results[item], metric) for item in answered]
    there = [value for value in values if value is not None]
    given = [labels.get(item) for item in answered]
    if not there or all(label is None for label in given):
        return None
    usual = sum(there) / len(there)
    powered = prediction_powered(given, [usual if value is None else value for value in values])
    interval = powered.interval()
    return CorrectedMetric(
        labels=human,
        mean=powered.estimate,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        labelled=powered.labelled,
        unlabelled=powered.unlabelled,
        weight=powered.weight,
        effective_labels=powered.effective_labels,
        human_mean=powered.alone,
    )


def _value(result: SampleResult, metric: str) -> float | None:
    judgement = result.judgements.get(metric)
    return None if judgement is None else judgement.value
