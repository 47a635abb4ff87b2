"""One requirement of a gate, tested on the samples of two runs."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from pydantic import BaseModel, Field

from windlass.errors import InputError
from windlass.evaluation.corrected_differences import HumanEvidence, Judged, correct, is_judged, with_needed_labels
from windlass.evaluation.human_labels import PairLabels
from windlass.evaluation.power import deciding_items, detectable_difference
from windlass.evaluation.rules import GateRule, Kind, Requirement
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.statistics import (
    Interval,
    Method,
    PairedDifference,
    bootstrap_interval,
    paired_difference,
)

Outcome = Literal["pass", "fail", "not_enough_data"]
Role = Literal["primary", "guardrail"]
Results = Mapping[str, SampleResult]

SEED = 20_080_911
"""Of sign flips and bootstrap: the same scores give the same verdict, digit for digit."""

NO_LABELS: Final[Mapping[str, PairLabels]] = MappingProxyType({})

_BOOTSTRAP_TOLERANCE = 0.2


class Check(BaseModel):
    """A requirement and what came of it. Differences are candidate − baseline, in units of the metric."""

    metric: str
    role: Role
    kind: Kind
    margin: float
    higher_is_better: bool
    baseline_mean: float | None
    candidate_mean: float | None
    difference: float | None
    low: float | None
    high: float | None
    confidence: float
    """Of the interval: what Holm's step asks of a guardrail, so that interval and outcome tell the same."""
    n: int
    clusters: int
    missing: int
    """Items with a value on one side only."""
    undefined: int
    """Items with a value on neither side."""
    method: Method | None
    p_value: float | None
    """One-sided, against "not better than the bound"."""
    outcome: Outcome
    needed_n: int | None
    """When there is not enough data: how many items would decide, were the difference to stay as it is."""
    detectable: float | None
    """The smallest true difference that this many items show with 80 % power."""
    warning: str | None
    human: HumanEvidence | None = Field(default=None, exclude_if=lambda value: value is None)
    """Where people labelled some of the items: the check is of what they say, and a judge helps."""
    judge_only: bool = Field(default=False, exclude_if=lambda value: not value)
    """Whether the metric is a judge's word alone."""


class Level(NamedTuple):
    """Whether a one-sided test rejects, and the level it was held to."""

    rejects: bool
    tail: float


class Comparison(NamedTuple):
    """A requirement with its numbers; the improvement is oriented so that more is better."""

    requirement: Requirement
    role: Role
    higher_is_better: bool
    improvement: PairedDifference | None
    baseline_mean: float | None
    candidate_mean: float | None
    missing: int
    undefined: int
    human: HumanEvidence | None = None
    judge_only: bool = False

    @property
    def p_pass(self) -> float:
        """Small when the improvement is above the bound."""
        return _or_one(self.improvement.p_greater(self.requirement.bound) if self.improvement else None)

    @property
    def p_fail(self) -> float:
        """Small when the improvement is below the bound."""
        return _or_one(self.improvement.p_less(self.requirement.bound) if self.improvement else None)

    def alone(self, tail: float) -> tuple[Level, Level]:
        """Return the tests for passing and for failing, when this is the only requirement of its level."""
        return Level(self.p_pass <= tail, tail), Level(self.p_fail <= tail, tail)


def compare(
    requirement: Requirement,
    role: Role,
    baseline: Results,
    candidate: Results,
    *,
    rule: GateRule,
    items: Mapping[str, Item],
    higher_is_better: Mapping[str, bool],
    labels: Mapping[str, PairLabels] = NO_LABELS,
) -> Comparison:
    """Line up the values of both runs by item. Raises InputError for a metric that was not evaluated."""
    metric = requirement.metric
    if metric not in higher_is_better:
        raise InputError(
            f"The gate asks for the metric {metric!r}, which the runs do not both have; they have "
            f"{', '.join(sorted(higher_is_better)) or 'none'}. Evaluate both releases with it, or change the rule."
        )
    before = {item: _value(baseline, item, metric) for item in items}
    after = {item: _value(candidate, item, metric) for item in items}
    first, second, paired = [], [], []
    for item in items:
        old, new = before[item], after[item]
        if old is not None and new is not None:
            first.append(old)
            second.append(new)
            paired.append(items[item])
    ascending = (first, second) if higher_is_better[metric] else (second, first)
    undefined = sum(before[item] is None and after[item] is None for item in items)
    clusters = _clusters(paired, rule.cluster)
    compared = Comparison(
        requirement=requirement,
        role=role,
        higher_is_better=higher_is_better[metric],
        improvement=paired_difference(*ascending, clusters, seed=SEED) if paired else None,
        baseline_mean=sum(first) / len(first) if first else None,
        candidate_mean=sum(second) / len(second) if second else None,
        missing=len(items) - len(paired) - undefined,
        undefined=undefined,
        judge_only=requirement.human is None and is_judged(metric, baseline, candidate),
    )
    if requirement.human is None or compared.improvement is None:
        return compared
    names = [item.id for item in paired]
    judged = Judged(names, first, second, compared.improvement, clusters, higher_is_better[metric])
    return compared._replace(
        **correct(judged, requirement.human, labels.get(metric, PairLabels({}, {})))._asdict()
    )


def check(compared: Comparison, passing: Level, failing: Level, *, rule: GateRule, items: int) -> Check:
    """Turn a comparison and its two tests into a check."""
    requirement, pairs = compared.requirement, compared.improvement
    confidence = 1 - 2 * (failing if failing.rejects else passing).tail
    interval = pairs.interval(confidence) if pairs else None
    warning = _missing_warning(compared.missing, items, rule)
    outcome: Outcome = "not_enough_data"
    if failing.rejects:
        outcome = "fail"
    elif passing.rejects and warning is None:
        outcome = "pass"
    undecided = pairs is not None and not passing.rejects and not failing.rejects
    human = compared.human
    if undecided:
        human = with_needed_labels(human, pairs, requirement.bound, confidence)
    natural = _natural(interval, compared.higher_is_better)
    return Check(
        metric=requirement.metric,
        role=compared.role,
        kind=requirement.kind,
        margin=requirement.margin,
        higher_is_better=compared.higher_is_better,
        baseline_mean=compared.baseline_mean,
        candidate_mean=compared.candidate_mean,
        difference=_difference(pairs, compared.higher_is_better),
        low=natural.low if natural else None,
        high=natural.high if natural else None,
        confidence=confidence,
        n=pairs.n if pairs else 0,
        clusters=pairs.clusters if pairs else 0,
        missing=compared.missing,
        undefined=compared.undefined,
        method=pairs.method if pairs else None,
        p_value=compared.p_pass if pairs else None,
        outcome=outcome,
        needed_n=deciding_items(pairs, requirement.bound, confidence)
        if pairs and undecided and not human
        else None,
        detectable=detectable_difference(pairs, confidence) if pairs else None,
        warning=warning or _bootstrap_warning(pairs, interval, confidence),
        human=human,
        judge_only=compared.judge_only,
    )


def _or_one(p: float | None) -> float:
    return 1.0 if p is None else p


def _value(results: Results, item: str, metric: str) -> float | None:
    result = results.get(item)
    judgement = result.judgements.get(metric) if result else None
    return judgement.value if judgement else None


def _clusters(items: list[Item], field: str | None) -> list[str] | None:
    if field is None:
        return None
    for item in items:
        if item.metadata.get(field) is None:
            raise InputError(
                f"The gate's items belong together by {field!r}, but the item {item.id!r} has no such metadata: "
                "add it to the dataset, or take 'cluster' out of the rule."
            )
    return [str(item.metadata[field]) for item in items]


def _missing_warning(missing: int, items: int, rule: GateRule) -> str | None:
    if missing <= rule.max_missing * items:
        return None
    return (
        f"{missing} of {items} items have a value on one side only, more than the {rule.max_missing:.0%} allowed: "
        "what is left may flatter one side"
    )


def _bootstrap_warning(pairs: PairedDifference | None, interval: Interval | None, confidence: float) -> str | None:
    # The score test does without the normal approximation that the bootstrap is there to question.
    if pairs is None or interval is None or pairs.method in {"score", "prediction-powered"}:
        return None
    bootstrap = bootstrap_interval(pairs, confidence)
    if bootstrap is None or interval.width == 0:
        return None
    ratio = bootstrap.width / interval.width
    if abs(ratio - 1) <= _BOOTSTRAP_TOLERANCE:
        return None
    return (
        f"the bootstrap interval is {ratio:.2f} times as wide: the scores are skewed or few, read this with care"
    )


def _difference(pairs: PairedDifference | None, higher_is_better: bool) -> float | None:
    if pairs is None:
        return None
    return pairs.difference if higher_is_better else -pairs.difference


def _natural(interval: Interval | None, higher_is_better: bool) -> Interval | None:
    """Turn an interval of the improvement into one of candidate − baseline."""
    if interval is None or higher_is_better:
        return interval
    return Interval(-interval.high, -interval.low)
