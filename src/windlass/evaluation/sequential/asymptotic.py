"""Evidence against the mean of values without known bounds: asymptotic, and said so.

The sum of many values behaves like a Brownian motion, whose drift is tested at all times by mixing over the
drifts that are possible (Robbins 1970); Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024, "Time-uniform
central limit theory and asymptotic confidence sequences") say in which sense that holds with the variance as it
is seen. The mixture here is over drifts of one sign, a half-normal of scale ρ: with S the sum of what the values
are away from m, in standard deviations, W_n(m) = 2/√(nρ²+1) · exp(S²ρ²/(2(nρ²+1))) · Φ(Sρ/√(nρ²+1)).

What it promises holds for many values; the fewer and the more skewed, the less. So it says nothing before START of
them, nor where one of them alone makes their skewness, and S is corrected for skewness as a test of all values is
(see skewed_means); the correction only ever takes evidence away. Clusters: one value is a cluster's sum less the
mean times its items.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from windlass.evaluation.statistics.skewed_means import MOST_SKEWED, without_skewness

Floats = NDArray[np.float64]

START = 100
"""Clusters before which nothing is said."""


@dataclass(frozen=True)
class Drift:
    """Values in the order in which they came, one of each cluster."""

    sums: Floats
    sizes: Floats
    planned: int

    @property
    def mirrored(self) -> "Drift":
        return Drift(0.0 - self.sums, self.sizes, self.planned)

    def log_wealth(self, mean: float) -> Floats:
        """Return, after each cluster, the logarithm of the evidence against "the mean is at most this"."""
        counts = np.arange(1, self.sums.size + 1, dtype=np.float64)
        deviations, skewness = self._spread
        return self._evidence(np.cumsum(self.sums - mean * self.sizes), deviations, skewness, counts)

    def lower_bound(self, clusters: int, level: float) -> float:
        """Return the largest mean that the first clusters refuse from below at this level; −inf where none is."""
        seen = float(self.sizes[:clusters].sum())
        deviation, skewness = (float(each[clusters - 1]) if clusters else 0.0 for each in self._spread)
        count, goal = np.array([float(clusters)]), -math.log(level)
        if not seen or not self._tells(count, np.array([deviation]), np.array([skewness]))[0]:
            return -math.inf

        def refuses(total: float) -> bool:
            found = self._evidence(np.array([total]), np.array([deviation]), np.array([skewness]), count)
            return float(found[0]) >= goal

        near, far = 0.0, deviation * clusters
        while not refuses(far):
            far *= 2
        for _ in range(60):
            middle = (near + far) / 2
            near, far = (near, middle) if refuses(middle) else (middle, far)
        return (float(self.sums[:clusters].sum()) - far) / seen

    @cached_property
    def _spread(self) -> tuple[Floats, Floats]:
        """Return, after each cluster, the standard deviation of what clusters are away from the mean of all, and
        the skewness of that."""
        counts = np.arange(1, self.sums.size + 1, dtype=np.float64)
        sums, sizes = np.cumsum(self.sums), np.cumsum(self.sizes)
        means = np.divide(sums, sizes, out=np.zeros_like(sums), where=sizes > 0)
        squares = (
            np.cumsum(self.sums**2)
            - 2 * means * np.cumsum(self.sums * self.sizes)
            + means**2 * np.cumsum(self.sizes**2)
        )
        # What rounding leaves of values that are all alike is no spread.
        squares[squares <= 1e-12 * np.cumsum(self.sums**2)] = 0.0
        cubes = (
            np.cumsum(self.sums**3)
            - 3 * means * np.cumsum(self.sums**2 * self.sizes)
            + 3 * means**2 * np.cumsum(self.sums * self.sizes**2)
            - means**3 * np.cumsum(self.sizes**3)
        )
        deviations: Floats = np.sqrt(squares / np.maximum(counts - 1, 1))
        skewness = np.divide(np.sqrt(counts) * cubes, squares**1.5, out=np.zeros_like(cubes), where=squares > 0)
        return deviations, skewness

    @staticmethod
    def _tells(counts: Floats, deviations: Floats, skewness: Floats) -> NDArray[np.bool_]:
        return (counts >= START) & (deviations > 0) & (counts >= MOST_SKEWED * np.minimum(skewness, 0) ** 2)

    def _evidence(self, totals: Floats, deviations: Floats, skewness: Floats, counts: Floats) -> Floats:
        from scipy.special import log_ndtr  # slow to import: see paired.t_quantile

        scale = self._scale**2
        there = self._tells(counts, deviations, skewness)
        shifts = np.divide(totals, deviations * counts, out=np.zeros_like(totals), where=there)
        distances = counts * np.minimum(shifts, without_skewness(shifts, skewness, counts))
        spread = counts * scale + 1
        logs = (
            math.log(2)
            - np.log(spread) / 2
            + distances**2 * scale / (2 * spread)
            + log_ndtr(distances * self._scale / np.sqrt(spread))
        )
        # Before, nothing is known: the evidence is 1.
        return np.where(there, logs, 0.0)

    @property
    def _scale(self) -> float:
        """Return ρ: what makes the sequence narrowest when all planned clusters are there.

        Narrowest earlier, it promised more than it kept where values are skewed.
        """
        goal = 2 * math.log(40)
        return math.sqrt((goal + math.log(goal + 1)) / max(START, self.planned))
