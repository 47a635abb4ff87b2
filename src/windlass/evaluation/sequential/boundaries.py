"""Boundaries of a group-sequential test, by recursive numerical integration.

The score at look k, in the scale of the process with variance t_k, is a sum of independent normal increments.
Its density among the paths that crossed no boundary yet follows from that at the look before by one convolution
(Armitage, McPherson and Rowe 1969); the boundary of look k is where the share of paths that cross it there is
what the level's spending gives out between the looks (Lan and DeMets 1983). One-sided: whether somebody stops
because the other side is crossed makes no difference to what is promised.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from windlass.evaluation.sequential.rule import Boundary
from windlass.evaluation.sequential.spending import spent

Floats = NDArray[np.float64]

_POINTS = 801
"""Of Simpson's rule over one density."""
_REACH = 8.0
"""Standard deviations beyond which a density is nothing."""
_LEAST = 1e-15
"""A share of paths that no double tells from none: there is no boundary then."""


@lru_cache(maxsize=256)
def z_boundaries(boundary: Boundary, level: float, fractions: tuple[float, ...]) -> tuple[float, ...]:
    """Return the z value of each look that is to be exceeded, for fractions of the information that rise up to 1.

    A look at which nothing is given out has the boundary inf.
    """
    found: list[float] = []
    grid, density, before, used = np.zeros(1), np.ones(1), 0.0, 0.0
    weights = np.ones(1)
    for fraction in fractions:
        share = spent(boundary, level, fraction) - used
        step = math.sqrt(fraction - before)
        limit = _limit(grid, density * weights, step, share, math.sqrt(fraction))
        found.append(limit / math.sqrt(fraction))
        grid, weights, density = _next(grid, density * weights, step, limit, math.sqrt(fraction))
        before, used = fraction, used + max(share, 0.0)
    return tuple(found)


def nominal_levels(boundary: Boundary, level: float, fractions: Sequence[float]) -> list[float]:
    """Return the one-sided level of each look: what a p value must not exceed there."""
    from scipy.special import ndtr  # slow to import: see paired.t_quantile

    return [float(ndtr(-z)) for z in z_boundaries(boundary, level, tuple(fractions))]


def _limit(grid: Floats, mass: Floats, step: float, share: float, deviation: float) -> float:
    """Return the score that just this share of paths exceeds."""
    from scipy.special import ndtr

    if share <= _LEAST:
        return math.inf
    low, high = -_REACH * deviation, 2 * _REACH * deviation
    for _ in range(60):
        middle = (low + high) / 2
        beyond = float((mass * ndtr((grid - middle) / step)).sum())
        low, high = (middle, high) if beyond > share else (low, middle)
    return high


def _next(
    grid: Floats, mass: Floats, step: float, limit: float, deviation: float
) -> tuple[Floats, Floats, Floats]:
    """Return points below the boundary, their weights, and the density of the paths that go on."""
    high = min(limit, _REACH * deviation)
    points = np.linspace(-_REACH * deviation, high, _POINTS)
    weights = np.full(_POINTS, 2.0)
    weights[1::2] = 4.0
    weights[[0, -1]] = 1.0
    weights *= (points[1] - points[0]) / 3
    distances = (points[:, None] - grid[None, :]) / step
    kernel = np.exp(-(distances**2) / 2) / (step * math.sqrt(2 * math.pi))
    return points, weights, kernel @ mass
