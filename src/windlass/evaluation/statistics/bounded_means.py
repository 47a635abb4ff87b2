"""The mean of values that lie within known bounds, whatever their distribution: Gaffke's bound.

Student's t believes that what a sample shows is all that there is. A few items without a loss say little of losses
that are rare and large, and then t, and sign flips, pass far more than they promise. Where values have a least and
a greatest possible value, that can be helped: the items get random weights, as from Dirichlet's distribution, and
beside them stands one more item at the worst end of the range. The p value of "the mean is at most m" is the
probability that the mean so weighted is at most m (Gaffke 2005; Learned-Miller and Thomas 2019). With weights from
exponentials E it is P(Σ_g E_g · c_g + E_0 · c_0 ≤ 0), where c_g = S_g − m·n_g of cluster g with the sum S of its n
values, and c_0 = (a − m)·N of one more cluster at the least value a, as large as the largest.

Of values that are one of two this is Clopper and Pearson's bound; of many values that are spread within the range
it comes to the normal one. That it holds is proved for the former and conjectured for all distributions; in
simulations, and in a search among distributions of few values, nobody has found one that breaks it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]

_MOST_VALUES = 2048
_POINTS = 512
"""Of more values than the former, each counts in parts at two of so many points."""

_SADDLE_STEPS = 40
_MOST_BENT = 0.6
"""How far the line of integration turns aside for each step up or down."""
_STEP = 0.4
_BLOCK = 12
_MOST_NODES = 120
_NOTHING = 1e-16
_HALVINGS = 6
_SETTLED = 3e-7
_FACTORS = 16
_SEARCH_STEPS = 60
_CLOSE = 1e-11
_LEAST_P = 1e-300


@dataclass(frozen=True)
class BoundedMean:
    """Clusters with the sums of their values and their sizes; every value lies between ``low`` and ``high``."""

    sums: Floats
    sizes: Floats
    low: float
    high: float
    copies: float = 1.0
    """How many of each cluster there are: to ask what so many more of the same would say."""

    @property
    def mirrored(self) -> "BoundedMean":
        """Return the same with the sign of every value turned."""
        return BoundedMean(0.0 - self.sums, self.sizes, -self.high, -self.low, self.copies)

    def times(self, copies: float) -> "BoundedMean":
        return BoundedMean(self.sums, self.sizes, self.low, self.high, copies)

    @cached_property
    def mean(self) -> float:
        return float(self.sums.sum() / self.sizes.sum())

    def p_greater(self, null: float) -> float:
        """Return the one-sided p value of "the mean is at most ``null``" (small: it is greater)."""
        if null < self.low:
            return 0.0
        sums, sizes, counts = self._points
        worst = (self.low - null) * float(self.sizes.max())
        coefficients = np.append(sums - null * sizes, worst)
        if counts is None and self.copies != 1:
            counts = np.ones_like(sums)
        if counts is not None:
            counts = np.append(counts * self.copies, 1.0)
        if coefficients.min() >= 0:
            return 0.0 if coefficients.max() > 0 else 1.0
        return _below_zero(coefficients, counts)

    def lower_bound(self, tail: float) -> float:
        """Return the least mean that ``p_greater`` does not reject at this level."""
        if self.mean <= self.low:
            return self.low
        goal = _normal_of(tail)
        refused, stands = self.low, self.mean
        guess, slope = self._normal_guess(goal)
        last: tuple[float, float] | None = None
        for _ in range(_SEARCH_STEPS):
            if not refused < guess < stands:
                guess = (refused + stands) / 2
            # In this scale p is nearly a line, so that the secant soon has all digits.
            found = _normal_of(self.p_greater(guess)) - goal
            refused, stands = (guess, stands) if found <= 0 else (refused, guess)
            if abs(found) <= _CLOSE or stands - refused <= _CLOSE * (self.high - self.low):
                break
            if last is not None and found != last[1]:
                slope = (guess - last[0]) / (found - last[1])
            last = guess, found
            guess -= found * slope
        return guess if found <= 0 else max(refused, guess - 2 * _CLOSE * slope)

    def _normal_guess(self, goal: float) -> tuple[float, float]:
        """Return the bound were the weighted mean normal, and its standard deviation."""
        n, largest = float(self.sizes.sum()) * self.copies, float(self.sizes.max())
        missing = (self.low - self.mean) * largest / n
        squares = self.copies * float(((self.sums - self.sizes * self.mean) ** 2).sum()) / n**2
        deviation = math.sqrt(squares + missing**2)
        return self.mean + missing + goal * deviation, deviation

    @cached_property
    def _points(self) -> tuple[Floats, Floats, Floats | None]:
        """Return sums, sizes, and how many clusters have them (None: one each).

        Of very many values each counts in parts at two points close by, whose mean is the value.
        """
        if self.sums.size <= _MOST_VALUES or self.sizes.min() < self.sizes.max():
            return self.sums, self.sizes, None
        least, greatest = float(self.sums.min()), float(self.sums.max())
        if least == greatest:
            return np.array([least]), self.sizes[:1], np.array([float(self.sums.size)])
        places = (self.sums - least) * ((_POINTS - 1) / (greatest - least))
        lower = np.minimum(places.astype(np.int64), _POINTS - 2)
        parts = places - lower
        counts = np.bincount(lower, 1 - parts, _POINTS) + np.bincount(lower + 1, parts, _POINTS)
        points = np.linspace(least, greatest, _POINTS)
        there = counts > 0
        sizes: Floats = np.full(int(there.sum()), float(self.sizes[0]))
        return points[there], sizes, counts[there].astype(np.float64)


def _below_zero(coefficients: Floats, counts: Floats | None) -> float:
    """Return P(Σ c·Γ ≤ 0), Γ from the gamma distribution of shape ``counts``, or 1 for None."""
    scale = float(np.abs(coefficients).max())
    if coefficients.max() <= 0:
        return 1.0
    scaled = coefficients / scale
    if _weighed(scaled, counts) < 0:
        return 1.0 - _tail(0.0 - scaled, counts)
    return _tail(scaled, counts)


def _tail(coefficients: Floats, counts: Floats | None) -> float:
    """Return P(Σ c·Γ ≤ 0) where that is less than a half or so.

    The moment generating function is Π (1 − c·t)^−count. The probability is the integral of that over −t along a
    line left of 0, through the point where the integrand is least (Rice 1980). The line is bent, a hyperbola,
    nearly as the path of steepest descent is, so that the integrand falls fast and hardly turns; then the
    trapezoidal rule has nearly all digits right, and halving its step squares what is left of the error.
    """
    saddle, curvature = _saddle(coefficients, counts)
    reach = 1 / math.sqrt(curvature)
    at_saddle = 1 - coefficients * saddle
    ratios = coefficients / at_saddle
    skewness = 2 * (_weighed(ratios**3, counts) - saddle**-3) * reach**3
    bent = min(max(skewness / 3, -_MOST_BENT), _MOST_BENT)

    def integrand(u: Floats) -> Floats:
        away = reach * (1j * np.sinh(u) + bent * (np.cosh(u) - 1))
        turned = reach * (1j * np.cosh(u) + bent * np.sinh(u))
        values: Floats = (turned * np.exp(-_log_product(away, ratios, counts)) / -(saddle + away)).imag
        return values

    nodes, found = _until_nothing(integrand)
    step, total = _STEP, float(found.sum())
    for _ in range(_HALVINGS):
        between = float(integrand(nodes + step / 2).sum())
        settled = abs(total - between) <= _SETTLED * abs(total + between)
        total, step = total + between, step / 2
        nodes = np.concatenate([nodes, nodes + step])
        if settled:
            break
    height = -_weighed(np.log(at_saddle), counts)
    return min(1.0, max(0.0, total * step / math.pi * math.exp(height)))


def _until_nothing(integrand: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
    """Return the nodes at which the integrand is anything, and what it is; half of it at the saddle point."""
    nodes, found = np.empty(0), np.empty(0)
    while nodes.size < _MOST_NODES:
        more: Floats = _STEP * np.arange(nodes.size, nodes.size + _BLOCK, dtype=np.float64)
        nodes, found = np.concatenate([nodes, more]), np.concatenate([found, integrand(more)])
        if np.abs(found[-3:]).max() <= _NOTHING * np.abs(found).max():
            break
    found[0] /= 2
    return nodes, found


def _log_product(away: Complex, ratios: Floats, counts: Floats | None) -> Complex:
    """Return Σ count·log(1 − ratio·away) for each of the places."""
    if counts is not None:
        logs: Complex = np.einsum("rc,c->r", np.log(1 - away[:, None] * ratios), counts)
        return logs
    # Products of a few factors have one logarithm, which is what takes the time.
    padded = np.zeros(-(-ratios.size // _FACTORS) * _FACTORS)
    padded[: ratios.size] = ratios
    products = np.multiply.reduce(1 - away[:, None, None] * padded.reshape(-1, _FACTORS), axis=2)
    summed: Complex = np.log(products).sum(axis=1)
    return summed


def _saddle(coefficients: Floats, counts: Floats | None) -> tuple[float, float]:
    """Return where −Σ count·log(1 − c·t) − log(−t) is least between its pole and 0, and its curvature there."""
    pole = 1 / float(coefficients.min())
    left, right = pole, 0.0
    mean, variance = _weighed(coefficients, counts), _weighed(coefficients * coefficients, counts)
    # Where it were least of a normal distribution.
    t = max(-(mean + math.sqrt(mean * mean + 4 * variance)) / (2 * variance), 0.9 * pole)
    curvature = 1.0
    for _ in range(_SADDLE_STEPS):
        ratios = coefficients / (1 - coefficients * t)
        slope = _weighed(ratios, counts) - 1 / t
        curvature = _weighed(ratios * ratios, counts) + 1 / (t * t)
        left, right = (t, right) if slope < 0 else (left, t)
        step = t - slope / curvature
        if not left < step < right:
            step = (left + right) / 2
        if abs(step - t) <= 1e-4 / math.sqrt(curvature):
            break
        t = step
    return t, curvature


def _weighed(values: Floats, counts: Floats | None) -> float:
    # Not `@`: see resampling.
    return float(values.sum() if counts is None else np.einsum("i,i->", values, counts))


def _normal_of(p: float) -> float:
    from scipy.special import ndtri  # slow to import: see paired.t_quantile

    return float(ndtri(min(max(p, _LEAST_P), 1 - 1e-16)))
