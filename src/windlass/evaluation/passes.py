"""Passing all of k tries, or any: pass^k and pass@k of items that were repeated.

Of an item with c passes in n repeats, C(c,k)/C(n,k) is the share of the choices of k repeats that pass all, and
1 − C(n−c,k)/C(n,k) the share of those with a pass among them: unbiased for the chances of k new tries (Yao et al.
2024, tau-bench; Chen et al. 2021, HumanEval). Both are means over items, which are the clusters.
"""

from collections.abc import Sequence
from typing import Final

from windlass.errors import InputError
from windlass.evaluation.pass_rates import PassRate, PassRates, check_tries, pass_at_k, pass_hat_k
from windlass.evaluation.statistics.bootstrap import bootstrap_interval
from windlass.evaluation.statistics.paired import Interval, paired_difference
from windlass.evaluation.statistics.rates import clopper_pearson

_MOST: Final = 10
"""Every k up to it is told, and the number of repeats itself."""

_SEED: Final = 20_080_911


def pass_rates(values: Sequence[Sequence[float]], k: int) -> PassRates:
    """Return both for the values of each item's repeats, every one 0 or 1.

    Raises InputError where no item has k values, and for other values.
    """
    if any(value not in (0, 1) for repeats in values for value in repeats):
        raise InputError("pass^k and pass@k are of a metric that is 0 or 1 on every sample; this one has others.")
    enough = [repeats for repeats in values if len(repeats) >= k]
    if not enough:
        check_tries(0, max(map(len, values), default=0), k)
    counts = [(round(sum(repeats)), len(repeats)) for repeats in enough]
    return PassRates(
        k=k,
        pass_hat=_rate([pass_hat_k(passes, repeats, k) for passes, repeats in counts]),
        pass_at=_rate([pass_at_k(passes, repeats, k) for passes, repeats in counts]),
        n=len(counts),
    )


def all_pass_rates(values: Sequence[Sequence[float]], repeats: int) -> list[PassRates]:
    """Return both for every k that is told of a run; none for a metric with other values than 0 and 1."""
    if any(value not in (0, 1) for of_item in values for value in of_item):
        return []
    most = max(map(len, values), default=0)
    told = dict.fromkeys((*range(1, min(repeats, _MOST) + 1), repeats))
    return [pass_rates(values, k) for k in told if k <= most]


def _rate(values: Sequence[float]) -> PassRate:
    interval = _interval(values)
    mean = sum(values) / len(values)
    return PassRate(mean=mean, low=interval.low if interval else None, high=interval.high if interval else None)


def _interval(values: Sequence[float]) -> Interval | None:
    """Return the BCa interval over items; the exact one where all are 0 or all are 1, which shows no spread."""
    count = len(values)
    if count < 2:
        return None
    if set(values) <= {0.0} or set(values) <= {1.0}:
        return clopper_pearson(round(sum(values)), count)
    pairs = paired_difference([0.0] * count, values, seed=_SEED)
    interval = pairs.interval() if pairs.constant else bootstrap_interval(pairs)
    return Interval(max(0.0, interval.low), min(1.0, interval.high)) if interval else None
