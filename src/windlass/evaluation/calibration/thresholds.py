"""What a judge must show before it may decide, and whether it did: pass, fail, or not enough data."""

import math
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from windlass.evaluation.gates.checks import Outcome
from windlass.evaluation.reviews.report import Figure

Kind = Literal["minimum", "maximum", "ceiling"]
AgreementName = Literal[
    "accuracy", "balanced_accuracy", "kappa", "linear_kappa", "quadratic_kappa", "ac1", "alpha", "spearman"
]
CeilingName = Literal[
    "accuracy", "balanced_accuracy", "kappa", "linear_kappa", "quadratic_kappa", "ac1", "spearman"
]
BiasName = Literal["position", "verbosity", "flip_rate", "null_answer"]
Bound = Annotated[float, Field(allow_inf_nan=False)]
COVERAGE: Final = "coverage"
_BEYOND_REACH: Final = 10_000_000


class Thresholds(BaseModel):
    """Bounds by measure. Each is held against an end of the measure's 95 % interval, not against its value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    minimum: dict[AgreementName | Literal["coverage"], Bound] = {"kappa": 0.6, "coverage": 0.95}
    """The lower end must be at least this. Coverage is a count and no estimate: the share itself must be."""
    maximum: dict[BiasName, Bound] = {}
    """The upper end must be at most this; of a bias that has a sign, both ends, whatever the sign."""
    ceiling: dict[CeilingName, Bound] = {}
    """How far below people the judge may be: the lower end of judge − people must be above minus this."""


class ThresholdCheck(BaseModel):
    """One bound and what came of it."""

    measure: str
    kind: Kind
    bound: float
    figure: Figure
    """What was held against it; of a ceiling, judge − people."""
    outcome: Outcome
    needed_n: int | None
    """When there is not enough data: about how many items would decide, were the figure to stay as it is."""


def check_thresholds(
    thresholds: Thresholds,
    *,
    agreement: Mapping[str, Figure],
    gaps: Mapping[str, Figure],
    biases: Mapping[str, Figure],
    coverage: Figure,
) -> list[ThresholdCheck]:
    """Hold every bound against its figure; a figure that is not there decides nothing."""
    minima = [
        _coverage(bound, coverage) if name == COVERAGE else _least(name, "minimum", bound, agreement.get(name))
        for name, bound in thresholds.minimum.items()
    ]
    ceilings = [_least(name, "ceiling", -bound, gaps.get(name)) for name, bound in thresholds.ceiling.items()]
    maxima = [_most(name, bound, biases.get(name)) for name, bound in thresholds.maximum.items()]
    return [
        *minima,
        *(each.model_copy(update={"bound": -each.bound}) for each in ceilings),
        *maxima,
    ]


def outcome_of(checks: list[ThresholdCheck]) -> Outcome:
    outcomes = {check.outcome for check in checks}
    if "fail" in outcomes:
        return "fail"
    return "not_enough_data" if "not_enough_data" in outcomes else "pass"


NOTHING: Final = Figure(value=None, low=None, high=None, n=0)


def _coverage(bound: float, coverage: Figure) -> ThresholdCheck:
    value, high = coverage.value, coverage.high
    outcome: Outcome = "not_enough_data"
    if value is not None and high is not None:
        outcome = "pass" if value >= bound else "fail" if high < bound else "not_enough_data"
    return _check(COVERAGE, "minimum", bound, coverage, outcome)


def _least(name: str, kind: Kind, bound: float, figure: Figure | None) -> ThresholdCheck:
    found = figure or NOTHING
    outcome: Outcome = "not_enough_data"
    if found.low is not None and found.low >= bound:
        outcome = "pass"
    elif found.high is not None and found.high < bound:
        outcome = "fail"
    return _check(name, kind, bound, found, outcome)


def _most(name: str, bound: float, figure: Figure | None) -> ThresholdCheck:
    found = figure or NOTHING
    outcome: Outcome = "not_enough_data"
    if found.low is not None and found.high is not None:
        if max(abs(found.low), abs(found.high)) <= bound:
            outcome = "pass"
        elif found.low > bound or found.high < -bound:
            outcome = "fail"
    return _check(name, "maximum", bound, found, outcome)


def _check(name: str, kind: Kind, bound: float, figure: Figure, outcome: Outcome) -> ThresholdCheck:
    needed = _needed(figure, bound) if outcome == "not_enough_data" else None
    return ThresholdCheck(measure=name, kind=kind, bound=bound, figure=figure, outcome=outcome, needed_n=needed)


def _needed(figure: Figure, bound: float) -> int | None:
    """Return how many items would bring the nearer end of the interval past the bound.

    Its distance from the value shrinks with √n; from a value at the end of its range, where the interval is one of
    Clopper and Pearson, with n.
    """
    if figure.value is None or figure.low is None or figure.high is None:
        return None
    distance = abs(figure.value) - bound if figure.value < 0 and bound > 0 else figure.value - bound
    reach = figure.value - figure.low if distance > 0 else figure.high - figure.value
    if distance == 0 or reach <= 0:
        return None
    ratio = reach / abs(distance)
    at_the_end = figure.high == figure.value or figure.low == figure.value
    needed = figure.n * (ratio if at_the_end else ratio**2)
    return max(math.ceil(needed - 1e-6), figure.n + 1) if needed <= _BEYOND_REACH else None
