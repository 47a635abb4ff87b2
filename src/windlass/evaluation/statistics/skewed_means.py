"""The mean of amounts, whose distribution is skewed and whose range nobody knows.

No test of such a mean holds for all distributions: a loss that is rare enough is in no sample, and large enough it
makes the mean (Bahadur and Savage 1956). What a sample shows of its skewness can be corrected for. Hall's
transformation (1992) of Student's t, T = (mean − m)/(s·√n) to T + γT²/3 + γ²T³/27 + γ/(6n), takes it away; it has
an inverse, so that the test gives an interval. A sample shows less skewness than there is, for the rare values
that make it are the ones that it lacks: γ is twice what is seen. Where it decides, the ordinary test must agree:
of two long tails neither can speak for the candidate by having no value in this sample.

Nothing finds what is in no sample: so with fewer values than FEWEST_AMOUNTS nothing is decided. From there on
this keeps a level of 2.5 % in simulation for exponential and log-normal amounts (σ up to 2), and where one
value in twenty is much greater than the others.
"""

import math
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST_AMOUNTS: Final = 72
"""In fewer, what one item in twenty costs more does not show with a probability of more than 2.5 % (0.95^72)."""

MOST_SKEWED: Final = 4.0
"""Values that it takes for each skewness squared; with fewer, one value alone makes the mean."""

_SHOWN: Final = 0.5
"""The share of the skewness that a sample is taken to show."""


@dataclass(frozen=True)
class SkewedMean:
    """A mean of ``count`` values, or of clusters, with what they say of its distribution."""

    mean: float
    standard_error: float
    skewness: float
    """Of the values, as seen."""
    count: int
    df: float

    @property
    def mirrored(self) -> "SkewedMean":
        """Return the same with the sign of every value turned."""
        return SkewedMean(0.0 - self.mean, self.standard_error, 0.0 - self.skewness, self.count, self.df)

    @property
    def fewest(self) -> int:
        """Return how many values a test of "the mean is greater" takes, by the skewness that speaks against it."""
        return max(FEWEST_AMOUNTS, math.ceil(MOST_SKEWED * min(self.skewness, 0.0) ** 2))

    def p_greater(self, null: float) -> float:
        """Return the one-sided p value of "the mean is at most ``null``" by the transformed t."""
        from scipy.special import stdtr  # slow to import: see paired.t_quantile

        distance = (self.mean - null) / (self.standard_error * math.sqrt(self.count))
        transformed = float(without_skewness(distance, self.skewness, self.count))
        return float(stdtr(self.df, -math.sqrt(self.count) * transformed))

    def lower_bound(self, tail: float) -> float:
        """Return the least mean that ``p_greater`` does not reject at this level."""
        from scipy.special import stdtrit

        distance = self._inverse(float(stdtrit(self.df, 1 - tail)) / math.sqrt(self.count))
        return self.mean - self.standard_error * math.sqrt(self.count) * distance

    def _inverse(self, transformed: float) -> float:
        gamma = self.skewness / _SHOWN
        distance = transformed - gamma / (6 * self.count)
        if abs(gamma * distance) < 1e-9:
            return distance
        return 3 / gamma * float(np.cbrt(1 + gamma * distance) - 1)


_T = TypeVar("_T", float, Floats)


def without_skewness(t: _T, skewness: _T, count: _T) -> _T:
    """Return Hall's transformation of a distance from the mean, in standard deviations of a value."""
    gamma = skewness / _SHOWN
    return t + gamma * t**2 / 3 + gamma**2 * t**3 / 27 + gamma / (6 * count)


def skewness_of(residuals: Floats) -> float:
    """Return the skewness of values whose mean was taken off; 0 where they do not differ."""
    squares = float((residuals * residuals).mean())
    return float((residuals**3).mean()) / squares**1.5 if squares > 0 else 0.0
