"""One requirement of a gate and what came of it."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Field

from windlass.evaluation.gates.cautions import Caution, CautionKind
from windlass.evaluation.gates.comparisons import Comparison, Level, Role
from windlass.evaluation.gates.rules import GateRule, Kind
from windlass.evaluation.human.differences import HumanEvidence, with_needed_labels
from windlass.evaluation.sequential.rule import SequentialMethod
from windlass.evaluation.statistics.bootstrap import bootstrap_intervals
from windlass.evaluation.statistics.bounded_rates import BoundedRate
from windlass.evaluation.statistics.paired import Interval, Method, PairedDifference
from windlass.evaluation.statistics.power import deciding_items, detectable_difference

Outcome = Literal["pass", "fail", "not_enough_data"]

_BOOTSTRAP_TOLERANCE = 0.2


def _absent(value: object) -> bool:
    return value is None


class Shown(BaseModel):
    """A number with its interval, at the check's confidence."""

    value: float
    low: float | None
    high: float | None


class Named(BaseModel):
    """A slice: the items whose metadata field has a value."""

    field: str
    value: str


class Room(BaseModel):
    """How far a single item can lie from what is tested, where its range is known."""

    below: float
    above: float


class Check(BaseModel):
    """A requirement and what came of it. Differences are candidate − baseline, in units of the metric."""

    metric: str
    role: Role
    kind: Kind
    margin: float
    margin_ratio: float | None = Field(default=None, exclude_if=_absent)
    bound: float | None = Field(default=None, exclude_if=_absent)
    percentile: float | None = Field(default=None, exclude_if=_absent)
    slice: Named | None = Field(default=None, exclude_if=_absent)
    """The items that it is about, where those are not all."""
    blocking: bool = Field(default=True, exclude_if=bool)
    """Whether the gate waits for it: not for a slice of fewer items than the rule's `min_items`."""
    higher_is_better: bool
    baseline_mean: float | None
    candidate_mean: float | None
    difference: float | None
    low: float | None
    high: float | None
    ratio: Shown | None = Field(default=None, exclude_if=_absent)
    """Candidate / baseline, of a relative margin: what decides then."""
    level: Shown | None = Field(default=None, exclude_if=_absent)
    """The candidate's own mean, or percentile, of a bound: what decides then."""
    confidence: float
    """Of the interval: what Holm's step asks of a guardrail, so that interval and outcome tell the same."""
    n: int
    clusters: int
    effective_n: float | None = Field(default=None, exclude_if=_absent)
    """How many independent items would be as sure."""
    missing: int
    """Items with a value on one side only."""
    undefined: int
    """Items with a value on neither side."""
    baseline_coverage: float | None = Field(default=None, exclude_if=_absent)
    """The share of the items with a value of the baseline."""
    candidate_coverage: float | None = Field(default=None, exclude_if=_absent)
    method: Method | SequentialMethod | None
    p_value: float | None
    """One-sided, against "not better than the bound"."""
    outcome: Outcome
    needed_n: int | None
    """When there is not enough data: how many items would decide, were the difference to stay as it is."""
    detectable: float | None
    """The smallest true difference that this many items show with 80 % power."""
    distance: float | None = Field(default=None, exclude_if=_absent)
    """How far what is tested lies on the good side of what is asked."""
    standard_error: float | None = Field(default=None, exclude_if=_absent)
    """Of that distance."""
    room: Room | None = Field(default=None, exclude_if=_absent)
    """How far a single item can lie below and above that distance, where the range is known."""
    warning: str | None
    caution: Caution | None = Field(default=None, exclude_if=_absent)
    """The same as figures; a warning of a judge has none, for the verdict says how its judges stand."""
    withheld: bool = Field(default=False, exclude_if=lambda value: not value)
    """Whether too few values keep it from passing, whatever they say; the warning tells."""
    human: HumanEvidence | None = Field(default=None, exclude_if=_absent)
    """Where people labelled some of the items: the check is of what they say, and a judge helps."""
    judge_only: bool = Field(default=False, exclude_if=lambda value: not value)
    """Whether the metric is a judge's word alone."""


def check_all(
    compared: Sequence[Comparison],
    levels: Sequence[tuple[Level, Level]],
    *,
    rule: GateRule,
    blocking: bool = True,
) -> list[Check]:
    """Turn comparisons and their tests for passing and for failing into checks."""
    confidences = [1 - 2 * (failing if failing.rejects else passing).tail for passing, failing in levels]
    doubts = _bootstrap_cautions(compared, confidences)
    return [
        _check(each, *tests, rule, confidence, doubt, blocking=blocking)
        for each, tests, confidence, doubt in zip(compared, levels, confidences, doubts, strict=True)
    ]


def _check(
    compared: Comparison,
    passing: Level,
    failing: Level,
    rule: GateRule,
    confidence: float,
    doubt: Caution | None,
    *,
    blocking: bool,
) -> Check:
    requirement, tested, coverage = compared.requirement, compared.tested, compared.coverage
    estimate = tested.estimate if tested else None
    outcome, withheld = _outcome(compared, passing, failing, rule, blocking=blocking)
    caution = withheld or doubt or _basis_caution(estimate, outcome)
    undecided = not passing.rejects and not failing.rejects
    human = compared.human
    if tested and undecided:
        human = with_needed_labels(human, compared.improvement, tested.threshold, confidence)
    needs_items = tested is not None and undecided and human is None
    interval = compared.difference_interval(confidence)
    before, after = compared.means
    return Check(
        metric=requirement.metric,
        role=compared.role,
        kind=requirement.kind,
        margin=requirement.margin,
        margin_ratio=requirement.margin_ratio,
        bound=requirement.bound,
        percentile=requirement.percentile,
        slice=Named(field=compared.of_slice.field, value=compared.of_slice.value) if compared.of_slice else None,
        blocking=blocking,
        higher_is_better=compared.higher_is_better,
        baseline_mean=before,
        candidate_mean=after,
        difference=_difference(compared),
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        ratio=_ratio(compared, confidence),
        level=_level(compared, confidence),
        confidence=confidence,
        n=estimate.n if estimate else 0,
        clusters=estimate.clusters if estimate else 0,
        effective_n=estimate.effective_n if estimate else None,
        missing=coverage.missing,
        undefined=coverage.undefined,
        baseline_coverage=coverage.baseline / coverage.items if coverage.items else None,
        candidate_coverage=coverage.candidate / coverage.items if coverage.items else None,
        method=estimate.method if estimate else None,
        p_value=compared.p_pass if estimate else None,
        outcome=outcome,
        needed_n=deciding_items(tested.estimate, tested.threshold, confidence) if tested and needs_items else None,
        detectable=detectable_difference(estimate, confidence) if estimate else None,
        distance=estimate.difference - tested.threshold if estimate and tested else None,
        standard_error=estimate.standard_error if estimate else None,
        room=_room(estimate),
        warning=caution.words if caution else None,
        caution=caution,
        withheld=withheld is not None,
        human=human,
        judge_only=compared.judge_only,
    )


def _room(estimate: PairedDifference | BoundedRate | None) -> Room | None:
    if estimate is None or estimate.bounded is None:
        return None
    return Room(
        below=estimate.difference - estimate.bounded.low, above=estimate.bounded.high - estimate.difference
    )


def _outcome(
    compared: Comparison, passing: Level, failing: Level, rule: GateRule, *, blocking: bool
) -> tuple[Outcome, Caution | None]:
    """Return what came of it, and what kept it from passing beside the numbers themselves."""
    if not blocking:
        return "not_enough_data", None
    caution = (
        _missing_caution(compared, rule)
        or _coverage_caution(compared, rule)
        or _skew_caution(compared, passing.tail)
    )
    if failing.rejects:
        return "fail", caution
    return ("pass" if passing.rejects and caution is None else "not_enough_data"), caution


def _missing_caution(compared: Comparison, rule: GateRule) -> Caution | None:
    missing, items = compared.coverage.missing, compared.coverage.items
    if missing <= rule.max_missing * items:
        return None
    return Caution(kind="one_side_only", there=missing, items=items, allowed=rule.max_missing)


def _coverage_caution(compared: Comparison, rule: GateRule) -> Caution | None:
    coverage = compared.coverage
    if rule.min_coverage is None or not coverage.items:
        return None
    asked = rule.min_coverage * coverage.items
    sides: tuple[tuple[CautionKind, int], ...] = (
        ("candidate_coverage", coverage.candidate),
        ("baseline_coverage", coverage.baseline),
    )
    for kind, there in sides:
        if there < asked:
            return Caution(kind=kind, there=there, items=coverage.items, allowed=rule.min_coverage)
    return None


def _skew_caution(compared: Comparison, tail: float) -> Caution | None:
    fewest = compared.withheld(tail)
    return None if fewest is None else Caution(kind="unknown_range", items=fewest)


def _basis_caution(estimate: PairedDifference | BoundedRate | None, outcome: Outcome) -> Caution | None:
    """Say of a mean without a range that is decided what it rests on: nothing bounds what no item has shown."""
    if not isinstance(estimate, PairedDifference) or not estimate.skewed or outcome == "not_enough_data":
        return None
    return Caution(kind="rests_on_items", items=estimate.clusters)


def _bootstrap_cautions(compared: Sequence[Comparison], confidences: Sequence[float]) -> list[Caution | None]:
    # The exact, the score and the bounded test do without the normal approximation that it is there to question.
    questioned = {
        place: estimate
        for place, each in enumerate(compared)
        if each.tested is not None
        and isinstance(estimate := each.tested.estimate, PairedDifference)
        and estimate.method not in {"score", "prediction-powered", "bounded"}
    }
    bootstraps = bootstrap_intervals(list(questioned.values()), [confidences[place] for place in questioned])
    cautions: list[Caution | None] = [None] * len(compared)
    for (place, estimate), bootstrap in zip(questioned.items(), bootstraps, strict=True):
        cautions[place] = _bootstrap_caution(estimate.interval(confidences[place]), bootstrap)
    return cautions


def _bootstrap_caution(interval: Interval | None, bootstrap: Interval | None) -> Caution | None:
    if interval is None or bootstrap is None or interval.width == 0:
        return None
    ratio = bootstrap.width / interval.width
    if abs(ratio - 1) <= _BOOTSTRAP_TOLERANCE:
        return None
    return Caution(kind="bootstrap", ratio=ratio)


def _difference(compared: Comparison) -> float | None:
    pairs = compared.improvement
    if pairs is None:
        return None
    return pairs.difference if compared.higher_is_better else -pairs.difference


def _ratio(compared: Comparison, confidence: float) -> Shown | None:
    before = float(compared.before.mean()) if compared.before.size else 0.0
    if compared.requirement.margin_ratio is None or before <= 0:
        return None
    interval = compared.ratio_interval(confidence)
    return Shown(
        value=float(compared.after.mean()) / before,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
    )


def _level(compared: Comparison, confidence: float) -> Shown | None:
    if compared.requirement.bound is None:
        return None
    level = compared.level(confidence)
    return None if level is None else Shown(value=level.value, low=level.low, high=level.high)
