"""Rates with intervals."""

import math

from windlass.errors import InputError
from windlass.evaluation.statistics.paired import Interval, normal_quantile


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Return Wilson's score interval of a rate (Wilson 1927), good also near 0 and 1."""
    _check(successes, n)
    return wilson_of(successes / n, n, confidence)


def wilson_of(rate: float, n: float, confidence: float = 0.95) -> Interval:
    """Return the same of a rate that is as sure as one of ``n`` independent trials; ``n`` need not be whole."""
    z = normal_quantile(1 - (1 - confidence) / 2)
    centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return Interval(max(0.0, centre - reach), min(1.0, centre + reach))


def clopper_pearson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Return the exact binomial interval (Clopper and Pearson 1934)."""
    _check(successes, n)
    from scipy.special import betaincinv  # see paired.t_quantile

    tail = (1 - confidence) / 2
    low = float(betaincinv(successes, n - successes + 1, tail)) if successes else 0.0
    high = float(betaincinv(successes + 1, n - successes, 1 - tail)) if successes < n else 1.0
    return Interval(low, high)


def rate_interval(successes: int, n: int, *, clusters: int | None = None, confidence: float = 0.95) -> Interval:
    """Return the interval of a rate: Wilson's, or the exact one on the clusters when nothing (or all) happened."""
    if successes in (0, n):
        independent = n if clusters is None else clusters
        return clopper_pearson(independent if successes else 0, independent, confidence)
    return wilson(successes, n, confidence)


def _check(successes: int, n: int) -> None:
    if n < 1 or not 0 <= successes <= n:
        raise InputError(f"A rate needs 0 ≤ successes ≤ n and n ≥ 1; got {successes} of {n}.")
