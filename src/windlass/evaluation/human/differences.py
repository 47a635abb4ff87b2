"""A judge's paired difference corrected by people, as a gate tests it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

from pydantic import BaseModel

from windlass.canonical import digest
from windlass.evaluation.human.labels import HumanLabels, PairLabels
from windlass.evaluation.statistics.paired import Clusters, Interval, Method, PairedDifference
from windlass.evaluation.statistics.power import deciding_items
from windlass.evaluation.statistics.prediction_powered import PredictionPowered, prediction_powered
from windlass.evaluation.wording.language import say


class HumanEvidence(BaseModel):
    """What people's labels did to a check. Differences are candidate − baseline."""

    labels: HumanLabels
    labelled: int
    """Paired items that people labelled on both sides: n."""
    unlabelled: int
    """Paired items that have the judge's values alone: N."""
    weight: float | None
    """λ, how much the judge counts; null where too few are labelled to tell."""
    effective_labels: float | None
    """How many labelled items without any judge would be as sure."""
    judge_difference: float
    """What the judge says by itself, of all paired items."""
    judge_low: float | None
    judge_high: float | None
    needed_labels: int | None = None
    """When there is not enough data: how many labelled pairs would decide, were all to stay as it is."""
    digest: str
    """Of the labels by item: the check stands on exactly these."""


@dataclass(frozen=True)
class PoweredDifference(PairedDifference):
    """The mean difference that people would see, by their labels of some pairs and a judge's of all."""

    powered: PredictionPowered | None = None
    """None where no pair is labelled on both sides."""

    @property
    def method(self) -> Method:
        return "prediction-powered"

    @property
    def constant(self) -> bool:
        return self.powered is not None and self.powered.constant

    def interval(self, confidence: float = 0.95) -> Interval | None:
        return None if self.powered is None else self.powered.interval(confidence)

    def _p(self, null: float, *, greater: bool) -> float | None:
        if self.powered is None:
            return None
        distance = self.difference - null
        return self.powered.p_beyond(distance if greater else -distance)

    def needed_labels(self, bound: float, confidence: float) -> int | None:
        """Return how many labelled pairs would decide; the share of the items that is labelled stays as it is."""
        if self.powered is None:
            return None
        in_labels = replace(self, n=self.powered.labelled, clusters=self.powered.clusters)
        needed = deciding_items(in_labels, bound, confidence)
        return None if needed is None else max(needed, self.powered.labelled + 1)


class Corrected(NamedTuple):
    """A comparison of two runs on the items that both have a value for, corrected by people."""

    improvement: PoweredDifference
    baseline_mean: float
    candidate_mean: float
    human: HumanEvidence


class Judged(NamedTuple):
    """What a judge said of both sides of each paired item, in their order."""

    items: Sequence[str]
    baseline: Sequence[float]
    candidate: Sequence[float]
    improvement: PairedDifference
    clusters: Clusters | None
    higher_is_better: bool


def correct(judged: Judged, human: HumanLabels, labels: PairLabels) -> Corrected:
    """Correct a judge's improvement by the labels of both sides; an item needs both to count as labelled."""
    before = [labels.baseline.get(item) for item in judged.items]
    after = [labels.candidate.get(item) for item in judged.items]
    sign = 1.0 if judged.higher_is_better else -1.0
    said = [
        None if old is None or new is None else sign * (new - old) for old, new in zip(before, after, strict=True)
    ]
    guessed = [sign * (new - old) for old, new in zip(judged.baseline, judged.candidate, strict=True)]
    powered = None
    if any(each is not None for each in said):
        reach = _range(judged, [*before, *after])
        powered = prediction_powered(said, guessed, judged.clusters, value_range=reach, is_difference=True)
    known = [each is not None for each in said]
    return Corrected(
        improvement=_improvement(judged.improvement, powered),
        baseline_mean=_mean(before, judged.baseline, known, powered),
        candidate_mean=_mean(after, judged.candidate, known, powered),
        human=_evidence(judged, human, labels, powered),
    )


def with_needed_labels(
    human: HumanEvidence | None, improvement: PairedDifference | None, bound: float, confidence: float
) -> HumanEvidence | None:
    """Return the evidence of a check that is open, with the number of labels that would decide it."""
    if human is None or not isinstance(improvement, PoweredDifference):
        return human
    return human.model_copy(update={"needed_labels": improvement.needed_labels(bound, confidence)})


def with_needed_words(found: str, human: HumanEvidence | None) -> str:
    """Add to a verdict's sentence how many labels would decide, where people's count."""
    if human is None or human.needed_labels is None:
        return found
    return say("{found}; about {n} labels of people would decide", found=found, n=f"{human.needed_labels:,}")


def with_people_words(items: str, human: HumanEvidence | None, *, judge_only: bool) -> str:
    """Add to a verdict's sentence whose word a metric is."""
    if human is not None:
        return say("{items}, {labelled} of them labelled by people", items=items, labelled=human.labelled)
    return say("{items}, judge-only", items=items) if judge_only else items


def _improvement(judge: PairedDifference, powered: PredictionPowered | None) -> PoweredDifference:
    known = {each.name: getattr(judge, each.name) for each in fields(PairedDifference)}
    error = None if powered is None or powered.df < 1 else powered.standard_error
    estimate = judge.difference if powered is None else powered.estimate
    value_range = judge.value_range if powered is None else powered.value_range
    changed = {"difference": estimate, "standard_error": error, "binary": None, "value_range": value_range}
    changed |= {"bounds": None, "skewed": False}
    return PoweredDifference(**{**known, **changed}, powered=powered)


def _mean(
    labels: Sequence[float | None],
    judged: Sequence[float],
    known: Sequence[bool],
    powered: PredictionPowered | None,
) -> float:
    """Return a side's mean, corrected with the same λ, so that the difference is that of both sides' means."""
    if powered is None:
        return sum(judged) / len(judged)
    given = [label if there else None for label, there in zip(labels, known, strict=True)]
    return prediction_powered(given, judged, weight=powered.weight).estimate


def _range(judged: Judged, labels: Sequence[float | None]) -> float:
    """Return what one label can change: in units of the labels, which need not be the judge's."""
    said = {label for label in labels if label is not None}
    if said <= {0.0, 1.0}:
        return 1.0
    values = said if len(said) > 1 else [*said, *judged.baseline, *judged.candidate]
    return max(values) - min(values)


def _evidence(
    judged: Judged, human: HumanLabels, labels: PairLabels, powered: PredictionPowered | None
) -> HumanEvidence:
    sign = 1.0 if judged.higher_is_better else -1.0
    interval = judged.improvement.interval()
    bounds = sorted((sign * interval.low, sign * interval.high)) if interval else (None, None)
    both = [item for item in judged.items if item in labels.baseline and item in labels.candidate]
    return HumanEvidence(
        labels=human,
        labelled=len(both),
        unlabelled=len(judged.items) - len(both),
        weight=powered.weight if powered else None,
        effective_labels=powered.effective_labels if powered else None,
        judge_difference=sign * judged.improvement.difference,
        judge_low=bounds[0],
        judge_high=bounds[1],
        digest=digest({item: [labels.baseline[item], labels.candidate[item]] for item in both}),
    )
