"""Rates held against a bound: the exact binomial test, also of clustered trials.

Clopper and Pearson's bounds never break their promise; by the score test, 20 trials of a rate that is exactly
0.1 lie above it with 95 % confidence 4 % of the time instead of 2.5 %. Clustered trials count as their effective
number (see clustered_rates).
"""

import math
from bisect import bisect_left
from typing import NamedTuple

import numpy as np

from windlass.evaluation.statistics.clustered_rates import ClusteredRate
from windlass.evaluation.statistics.paired import Clusters, Floats, Interval, Method, codes_of
from windlass.evaluation.statistics.rates import exact_lower

_STEPS = 50
_LEAST_TAIL = 1e-15


class BoundedRate(NamedTuple):
    """A rate of successes; ``clustered`` holds its sums over clusters, where trials belong together."""

    successes: int
    n: int
    clustered: ClusteredRate | None = None

    @property
    def difference(self) -> float:
        """The estimate, by the name that a paired difference has for its own."""
        return self.successes / self.n

    @property
    def clusters(self) -> int:
        return self.clustered.clusters if self.clustered else self.n

    @property
    def method(self) -> Method:
        return "exact"

    @property
    def amount(self) -> bool:
        return False

    @property
    def constant(self) -> bool:
        return self.successes in {0, self.n}

    @property
    def binary(self) -> None:
        """No pairs."""

    @property
    def bounded(self) -> None:
        """Its test is exact."""

    @property
    def df(self) -> float:
        return self.clustered.df if self.clustered else self.n - 1

    def fewest(self, *, greater: bool) -> None:
        """No skewness that the exact test does not know."""

    @property
    def value_range(self) -> float:
        return 1.0

    @property
    def standard_error(self) -> float | None:
        effective = self.effective_n
        return None if effective is None else math.sqrt(self.difference * (1 - self.difference) / effective)

    @property
    def effective_n(self) -> float | None:
        if self.clustered is None:
            return float(self.n)
        return self._trials(0.5) if self.clusters > 1 else None

    @property
    def mirrored(self) -> "BoundedRate":
        """The rate of failures."""
        other = self.clustered
        if other is not None:
            trials = other.trial_squares
            other = ClusteredRate(
                successes=other.trials - other.successes,
                trials=other.trials,
                clusters=other.clusters,
                squares=trials - 2 * other.products + other.squares,
                products=trials - other.products,
                trial_squares=trials,
            )
        return BoundedRate(self.n - self.successes, self.n, other)

    def interval(self, confidence: float = 0.95) -> Interval:
        tail = (1 - confidence) / 2
        return Interval(self.lower_bound(tail), 1 - self.mirrored.lower_bound(tail))

    def lower_bound(self, tail: float) -> float:
        """Return the least rate under which as many successes are no rarer than ``tail``."""
        trials = self._trials(tail)
        return exact_lower(self.difference * trials, trials, tail)

    def p_greater(self, null: float) -> float:
        """Return the one-sided p value of "the rate is at most ``null``" (small: it is greater)."""
        from scipy.special import betainc

        if self.successes == 0 or null >= 1:
            return 1.0
        if null < 0:
            return 0.0
        if self.clustered is None or self.constant:
            trials = self._trials(0.5)
            hits = self.difference * trials
            return float(betainc(hits, trials - hits + 1, null))
        return self._p_by_bound(null)

    def p_less(self, null: float) -> float:
        return self.mirrored.p_greater(1 - null)

    def _p_by_bound(self, null: float) -> float:
        """Return the least tail whose lower bound is above ``null``: the effective number depends on the tail."""
        if self.lower_bound(0.5) <= null:
            return 1.0
        low, high = math.log(_LEAST_TAIL), math.log(0.5)
        for _ in range(_STEPS):
            middle = (low + high) / 2
            low, high = (low, middle) if self.lower_bound(math.exp(middle)) > null else (middle, high)
        return math.exp(high)

    def _trials(self, tail: float) -> float:
        """Return the effective number of trials; a cluster counts as one where all trials ended alike."""
        if self.clustered is None:
            return float(self.n)
        if self.constant or self.clusters < 2:
            return float(self.clusters)
        if tail >= 0.5:
            variance, most = self.clustered.variance or 0.0, self.difference * (1 - self.difference) / self.n
            return most * self.n / max(variance, most)
        return self.clustered.effective_trials(1 - 2 * tail)


def bounded_rate(outcomes: Floats, clusters: Clusters | None) -> BoundedRate:
    """Count zeros and ones, within their clusters where they have any."""
    successes, n = round(float(outcomes.sum())), outcomes.size
    if clusters is None:
        return BoundedRate(successes, n)
    codes = codes_of(clusters)
    hits = np.bincount(codes, weights=outcomes).round().astype(np.int64)
    trials = np.bincount(codes)
    return BoundedRate(
        successes,
        n,
        ClusteredRate(
            successes=successes,
            trials=n,
            clusters=int(trials.size),
            squares=int((hits * hits).sum()),
            products=int((hits * trials).sum()),
            trial_squares=int((trials * trials).sum()),
        ),
    )


def percentile_interval(
    values: Floats, share: float, clusters: Clusters | None, confidence: float
) -> tuple[float | None, float | None]:
    """Return the order statistics between which the percentile lies; None where no value is far enough out."""
    tail, ordered = (1 - confidence) / 2, np.unique(values)

    def surely_covers(value: float) -> bool:
        return bounded_rate((values <= value).astype(float), clusters).lower_bound(tail) > share

    def may_cover(value: float) -> bool:
        return bounded_rate((values <= value).astype(float), clusters).mirrored.lower_bound(tail) < 1 - share

    low, high = bisect_left(ordered, True, key=may_cover), bisect_left(ordered, True, key=surely_covers)
    return (
        float(ordered[low]) if low < ordered.size else None,
        float(ordered[high]) if high < ordered.size else None,
    )
