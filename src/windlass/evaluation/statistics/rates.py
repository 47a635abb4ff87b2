"""Rates with intervals.

What is shown of a rate is Clopper and Pearson's interval: it holds the rate at any rate and number of trials,
and says what the exact test of a bound says (see bounded_rates). Wilson's is narrower and holds it as often as
it says on average over rates; where nobody reads it by itself it is what others are made of.
"""

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
    tail = (1 - confidence) / 2
    return Interval(exact_lower(successes, n, tail), 1 - exact_lower(n - successes, n, tail))


def exact_lower(successes: float, n: float, tail: float) -> float:
    """Return the least rate under which as many successes are no rarer than ``tail``; they need not be whole."""
    from scipy.special import betaincinv  # see paired.t_quantile

    return float(betaincinv(successes, n - successes + 1, tail)) if successes > 0 else 0.0


def rate_interval(successes: int, n: int, *, clusters: int | None = None, confidence: float = 0.95) -> Interval:
    """Return the interval of a rate: the exact one, on the clusters when nothing (or all) happened."""
    if successes in (0, n) and clusters is not None:
        return clopper_pearson(clusters if successes else 0, clusters, confidence)
    return clopper_pearson(successes, n, confidence)


def _check(successes: int, n: int) -> None:
    if n < 1 or not 0 <= successes <= n:
        raise InputError(f"A rate needs 0 ≤ successes ≤ n and n ≥ 1; got {successes} of {n}.")
