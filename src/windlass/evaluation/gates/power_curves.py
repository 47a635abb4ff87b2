"""What more items would bring: how probably a gate's check is decided, over the number of items."""

import math
from statistics import NormalDist
from typing import Final

from pydantic import BaseModel

from windlass.evaluation.gates.checks import Check, Named, Outcome
from windlass.evaluation.statistics.paired import t_quantile
from windlass.evaluation.statistics.power import POWER

_POINTS: Final = 40
_FEWEST: Final = 6
_FURTHEST: Final = 200
"""Times as many items as there are: beyond, nobody collects."""

_BISECTIONS: Final = 40
_NORMAL = NormalDist()


class PowerPoint(BaseModel):
    n: int
    passes: float
    """The probability that so many items make the check pass."""
    fails: float


class PowerCurve(BaseModel):
    """Of one check, were the true difference, and the spread of an item, what this many items showed."""

    metric: str
    slice: Named | None
    outcome: Outcome
    """What these decided."""
    n: int
    """Items that there are."""
    needed_n: int | None
    """Items with which it is decided with 80 % probability; None where no reachable number would do. Of a check
    that is open it is the number that the verdict says."""
    points: list[PowerPoint]


def power_curve(check: Check) -> PowerCurve | None:
    """Return the curve of a check; None where it has no spread to go by, and of verdicts before they kept it."""
    if check.distance is None or not check.standard_error or not check.n:
        return None
    needed = check.needed_n or _needed(check)
    last = max(2 * check.n, 2 * (needed or 0), 10 * _FEWEST)
    # As far as what is said of it, be it that nobody collects so many.
    furthest = max(_FURTHEST * check.n, needed or 0)
    return PowerCurve(
        metric=check.metric,
        slice=check.slice,
        outcome=check.outcome,
        n=check.n,
        needed_n=needed,
        points=[_point(check, n) for n in _grid(_FEWEST, min(last, furthest))],
    )


def _point(check: Check, n: int) -> PowerPoint:
    assert check.distance is not None
    assert check.standard_error is not None
    error, clusters = check.standard_error * math.sqrt(check.n / n), check.clusters * n / check.n
    tail = (1 - check.confidence) / 2
    reach = t_quantile(1 - tail, max(1, clusters - 1)) * error
    below, above = (check.room.below, check.room.above) if check.room else (0.0, 0.0)
    passes = check.distance - max(reach, _bounded_reach(below, error, clusters, tail))
    fails = -check.distance - max(reach, _bounded_reach(above, error, clusters, tail))
    return PowerPoint(n=n, passes=_NORMAL.cdf(passes / error), fails=_NORMAL.cdf(fails / error))


def _bounded_reach(room: float, error: float, clusters: float, tail: float) -> float:
    """Return how far below a mean its bound lies whose items can lie ``room`` below it (see bounded_means).

    The weighted mean is taken as normal but for the item at the end of the range, whose weight is exponential.
    """
    low, high = 0.0, room
    for _ in range(_BISECTIONS if room else 0):
        reach = (low + high) / 2
        p = _below_nothing(reach / error, error * clusters / (room - reach))
        low, high = (reach, high) if p > tail else (low, reach)
    return high


def _below_nothing(mean: float, rate: float) -> float:
    """Return P(Z + mean ≤ E / rate), Z normal and E exponential."""
    from scipy.special import erfcx

    beyond = rate - mean
    if beyond > 0:
        exponential = math.exp(-(mean**2) / 2) * float(erfcx(beyond / math.sqrt(2))) / 2
    else:
        exponential = math.exp(rate**2 / 2 - rate * mean) * _NORMAL.cdf(-beyond)
    return _NORMAL.cdf(-mean) + exponential


def _needed(check: Check) -> int | None:
    """Return the least n whose chance to decide the way it leans is 80 %."""
    low, high = 1, _FURTHEST * check.n
    if _decided(check, high) < POWER:
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _decided(check, middle) >= POWER else (middle + 1, high)
    return low


def _decided(check: Check, n: int) -> float:
    point = _point(check, n)
    return max(point.passes, point.fails)


def _grid(first: int, last: int) -> list[int]:
    """Return numbers whose ratios are alike, as a logarithmic axis wants them."""
    step = (last / first) ** (1 / (_POINTS - 1))
    return sorted({round(first * step**place) for place in range(_POINTS)})
