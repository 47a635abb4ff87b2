"""Rates whose trials come in clusters, as steps come in traces; and the difference of two of them.

A rate's variance between clusters is that of a ratio (Cochran 1977): with x of n trials in cluster g, Σ_g (x −
p·n)² / (Σ n)², without bias for independent trials when divided by 1 − 1/G*, where G* = (Σ n)² / Σ n² is Kish's
effective number of clusters (1965), which is their number where they are of one size. The design effect, that
variance over p(1−p)/Σn, says how many independent trials would be as sure; it is corrected for few clusters by
(z/t_{G*−1})² (Korn and Graubard 1998).

Of clusters of unlike sizes this variance believes the few large ones: where none of them happens to show a
success, both the rate and its variance are small, and bounds of 2.5 % were passed by up to 9 %. The pairs of
trials within clusters say it otherwise. Of two trials of one cluster as many end differently as 2·p·(1 − p) times
one less their correlation (Ridout, Demétrio and Firth 1999, of binary data), so that the design effect is Σn²/Σn −
Σ x(n − x) / (p(1−p)·Σn); of large clusters without a success it says that their trials go together. The greater
of the two counts; of clusters of one size they are nearly the same.

A few rare successes know next to nothing of the design effect: of three that lie in three clusters it is 1,
whatever it is elsewhere. So it is averaged with the greatest that there can be, Σn²/Σn, all trials of a cluster
ending alike, which counts as one cluster more beside those that show it: (Σ x)² / Σ x², of successes or of
failures, whichever are fewer. Without it intervals of 95 % held rare rates down to 86 % of the time, and the
bounds of a gate were passed by 10 % where 2.5 % are promised.

With as many trials Clopper and Pearson's interval is drawn, and the difference is made of two of them as Newcombe
made it (1998, method 10; Zou and Donner 2008 of any two intervals). CR2 errors with Satterthwaite's degrees of
freedom (Bell and McCaffrey 2002) do about as well as the variance above, and the same is wrong with them where
successes are rare; fewer degrees of freedom by the sizes (Carter, Schnepel and Steigerwald 2017) leave 4 % where
they are unlike, at up to three times the width.
"""

import math
from typing import NamedTuple

from windlass.evaluation.statistics.paired import Interval, normal_quantile, t_quantile
from windlass.evaluation.statistics.rates import clopper_pearson, exact_interval

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
    def constant(self) -> bool:
        """Whether all trials ended alike."""
        return self.successes in {0, self.trials}

    @property
    def effective_clusters(self) -> float:
        """Return Kish's number of clusters of one size that would be as sure."""
        return self.trials**2 / self.trial_squares

    @property
    def df(self) -> float:
        return max(1.0, self.effective_clusters - 1)

    @property
    def variance(self) -> float | None:
        """Return the variance of the rate between clusters; None for fewer than two."""
        if self.clusters < 2:
            return None
        residuals = self.squares - 2 * self.rate * self.products + self.rate**2 * self.trial_squares
        return max(residuals, 0.0) / self.trials**2 / (1 - 1 / self.effective_clusters)

    @property
    def design_effect(self) -> float:
        """Return the variance over that of as many independent trials, from 1 to the greatest there can be."""
        greatest = self.trial_squares / self.trials
        if self.variance is None or self.constant:
            return greatest
        independent = self.rate * (1 - self.rate) / self.trials
        by_pairs = greatest - (self.products - self.squares) / self.trials**2 / independent
        seen = max(1.0, self.variance / independent, by_pairs)
        failures = self.trials - self.successes
        failure_squares = self.trial_squares - 2 * self.products + self.squares
        informed = min(self.successes**2 / self.squares, failures**2 / failure_squares)
        return (informed * seen + max(greatest, seen)) / (informed + 1)

    def effective_trials(self, confidence: float) -> float:
        """Return how many independent trials would be as sure; never more than there are."""
        if self.variance is None:
            return 1.0
        tail = (1 - confidence) / 2
        return self.trials / self.design_effect * (normal_quantile(1 - tail) / t_quantile(1 - tail, self.df)) ** 2

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return Clopper and Pearson's interval for the effective number of trials.

        Where all ended alike it is that of the clusters, each of which could have ended otherwise.
        """
        if self.constant:
            return clopper_pearson(self.clusters if self.successes else 0, self.clusters, confidence)
        trials = self.effective_trials(confidence)
        return exact_interval(self.rate * trials, trials, confidence)


def difference_interval(base: ClusteredRate, candidate: ClusteredRate, confidence: float = 0.95) -> Interval:
    """Return Newcombe's interval of the candidate's rate minus the base's, of the intervals of both."""
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
