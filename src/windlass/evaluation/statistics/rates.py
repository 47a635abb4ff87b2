"""Rates with intervals.

There is one interval of a rate, Clopper and Pearson's: it holds the rate at any rate and number of trials, and
says what the exact test of a bound says (see bounded_rates).
"""

from windlass.errors import InputError
from windlass.evaluation.statistics.paired import Interval


def clopper_pearson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Return the exact binomial interval (Clopper and Pearson 1934)."""
    if n < 1 or not 0 <= successes <= n:
        raise InputError(f"A rate needs 0 ≤ successes ≤ n and n ≥ 1; got {successes} of {n}.")
    return exact_interval(successes, n, confidence)


def exact_interval(successes: float, n: float, confidence: float = 0.95) -> Interval:
    """Return the same of effective numbers, which need not be whole."""
    tail = (1 - confidence) / 2
    return Interval(exact_lower(successes, n, tail), 1 - exact_lower(n - successes, n, tail))


def exact_lower(successes: float, n: float, tail: float) -> float:
    """Return the least rate under which as many successes are no rarer than ``tail``; they need not be whole."""
    from scipy.special import betaincinv  # see paired.t_quantile

    return float(betaincinv(successes, n - successes + 1, tail)) if successes > 0 else 0.0
