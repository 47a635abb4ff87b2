"""What a test asks of a run: a mean whose whole interval keeps a bound, or a gate that passes."""

import math
from statistics import NormalDist
from typing import Any, Literal, NamedTuple, Protocol

Outcome = Literal["fail", "not_enough_data"]

_CONFIDENCE = 0.95
_POWER = 0.8
_BEYOND_REACH = 10_000_000


class NotShown(AssertionError):
    """A run does not show what is required of it."""

    def __init__(self, sentence: str, outcome: Outcome) -> None:
        super().__init__(sentence)
        self.outcome = outcome
        """``fail``: it shows the contrary; ``not_enough_data``: it shows neither."""


class Summary(Protocol):
    """A metric over the items of a run."""

    @property
    def mean(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def n(self) -> int: ...
    @property
    def missing(self) -> int: ...


class Bound(NamedTuple):
    """What a mean must keep."""

    value: float
    least: bool
    """Whether it is the least that the mean may be, or the most."""

    def __str__(self) -> str:
        return f"at {'least' if self.least else 'most'} {self.value:.4g}"

    def is_kept_by(self, number: float) -> bool:
        return number >= self.value if self.least else number <= self.value


def require_bound(name: str, metric: Summary, bound: Bound, *, max_missing: float) -> None:
    """Raise NotShown unless the whole 95 % interval of a metric keeps a bound, and enough items have a value."""
    items = metric.n + metric.missing
    if metric.missing > max_missing * items or metric.mean is None:
        raise NotShown(
            f"Not enough data: {name} has no value on {metric.missing} of {items} items, and at most "
            f"{100 * max_missing:g} % may lack one: what is left may flatter.",
            "not_enough_data",
        )
    if metric.low is None or metric.high is None:
        raise NotShown(
            f"Not enough data: {name} is {metric.mean:.4g} on a single item, which has no interval.",
            "not_enough_data",
        )
    kept = [bound.is_kept_by(end) for end in (metric.low, metric.high)]
    if all(kept):
        return
    seen = f"{name} is {metric.mean:.4g} (95 % interval {metric.low:.4g} to {metric.high:.4g}; {metric.n} items)"
    if not any(kept):
        raise NotShown(f"Fail: {seen}, not {bound}.", "fail")
    raise NotShown(
        f"Not enough data: {seen}, which does not tell whether it is {bound}{_more(metric, bound)}.",
        "not_enough_data",
    )


def require_verdict(verdict: dict[str, Any], url: str) -> None:
    """Raise NotShown unless a gate passes."""
    if verdict["outcome"] != "pass":
        raise NotShown(f"{verdict['sentence']} ({url}/verdicts/{verdict['id']})", verdict["outcome"])


def _more(metric: Summary, bound: Bound) -> str:
    """Say how many items would tell, were the mean and the spread to stay as they are."""
    assert metric.mean is not None
    assert metric.low is not None
    assert metric.high is not None
    distance = abs(metric.mean - bound.value)
    if distance == 0:
        return ""
    normal = NormalDist()
    edge = normal.inv_cdf((1 + _CONFIDENCE) / 2)
    # As evaluation/power.py has it, without numpy: (z + z_power)² σ² / distance², with σ² = n (reach / z)².
    reach = (metric.high - metric.low) / 2 * (edge + normal.inv_cdf(_POWER)) / edge
    needed = metric.n * (reach / distance) ** 2
    return f"; about {math.ceil(needed)} items would" if needed <= _BEYOND_REACH else ""
