"""Rates whose trials come in clusters, as steps come in traces; and the difference of two of them.

A rate's variance between clusters is that of a ratio (Cochran 1977): with x of n trials in cluster g,
G/(G−1) · Σ_g (x − p·n)² / (Σ n)². It says how many independent trials would be as sure, the effective number
p(1−p)/variance (Kish 1965), corrected for few clusters by (z/t_{G−1})² (Korn and Graubard 1998); Wilson's
interval is then drawn for so many, and the difference gets Newcombe's (1998, method 10) from the two.

In simulations intervals of 95 % hold the truth in 95 % or more, but where clusters differ much and successes are
rare: a handful of clusters then says all about the variance, and it is 92 %.
"""

import math
from typing import NamedTuple

from windlass.evaluation.statistics.paired import Interval, normal_quantile, t_quantile
from windlass.evaluation.statistics.rates import wilson_of

_STEPS = 40
"""Halvings with which a p value is found: the last is far below what anybody reads."""

_NEARLY_ONE = 0.999
"""p values beyond are as good as one, and an interval of confidence 0 is none."""


class ClusteredRate(NamedTuple):
    """A rate, with the sums that its variance between clusters needs."""

    successes: int
    trials: int
    clusters: int
    """Clusters with at least one trial."""
    squares: int
    """Σ x² over clusters, x successes in each."""
    products: int
    """Σ x·n over clusters, n trials in each."""
    trial_squares: int
    """Σ n² over clusters."""

    @property
    def rate(self) -> float:
        return self.successes / self.trials

    @property
    def variance(self) -> float | None:
        """Return the variance of the rate between clusters; None for fewer than two."""
        if self.clusters < 2:
            return None
        residuals = self.squares - 2 * self.rate * self.products + self.rate**2 * self.trial_squares
        return self.clusters / (self.clusters - 1) * max(residuals, 0.0) / self.trials**2

    def effective_trials(self, confidence: float) -> float:
        """Return how many independent trials would be as sure.

        Never more than there are. Where all trials ended alike there is no variance to go by, and a cluster counts
        as one trial.
        """
        if self.variance is None:
            return 1.0
        if self.successes in {0, self.trials}:
            effective = float(self.clusters)
        else:
            most = self.rate * (1 - self.rate) / self.trials
            effective = most * self.trials / max(self.variance, most)
        tail = (1 - confidence) / 2
        return effective * (normal_quantile(1 - tail) / t_quantile(1 - tail, self.clusters - 1)) ** 2

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return Wilson's interval for the effective number of trials."""
        return wilson_of(self.rate, self.effective_trials(confidence), confidence)


def difference_interval(base: ClusteredRate, candidate: ClusteredRate, confidence: float = 0.95) -> Interval:
    """Return Newcombe's interval of the candidate's rate minus the base's."""
    before, after = base.interval(confidence), candidate.interval(confidence)
    difference = candidate.rate - base.rate
    down = math.hypot(candidate.rate - after.low, before.high - base.rate)
    up = math.hypot(after.high - candidate.rate, base.rate - before.low)
    return Interval(max(-1.0, difference - down), min(1.0, difference + up))


def difference_p(base: ClusteredRate, candidate: ClusteredRate) -> float:
    """Return the two-sided p value: the least level at which the interval leaves out that nothing differs."""
    low, high = 0.0, _NEARLY_ONE
    nearest = difference_interval(base, candidate, 1 - high)
    if nearest.low <= 0 <= nearest.high:
        return 1.0
    for _ in range(_STEPS):
        level = (low + high) / 2
        interval = difference_interval(base, candidate, 1 - level)
        if interval.low <= 0 <= interval.high:
            low = level
        else:
            high = level
    return high
