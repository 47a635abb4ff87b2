"""Means and paired differences with intervals that account for clusters.

Notation: item i in cluster g, d_i = candidate − baseline on the same item, n items, G clusters. Every function
takes finite numbers; what is missing is left out, and counted, by the caller.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from statistics import NormalDist
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from windlass.errors import InputError
from windlass.evaluation.statistics.binary_pairs import BinaryPairs
from windlass.evaluation.statistics.bounded_means import BoundedMean
from windlass.evaluation.statistics.skewed_means import SkewedMean, skewness_of

Floats = NDArray[np.float64]
Clusters: TypeAlias = Sequence[Hashable] | NDArray[np.int64]
Method = Literal["t", "sign-flip", "score", "exact", "prediction-powered", "bounded", "skew-corrected"]

FEW_CLUSTERS = 30
"""Below this number of clusters the t approximation gives way to sign flips."""

_ENUMERATED_CLUSTERS = 14  # 2^14 sign vectors take a few milliseconds; beyond, a sample of them is drawn.
_DRAWN_FLIPS = 20_000


class Interval(NamedTuple):
    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


class MeanEstimate(NamedTuple):
    """A mean with its t interval; the bounds are None for fewer than two values."""

    mean: float
    low: float | None
    high: float | None
    n: int
    standard_error: float | None


def t_quantile(probability: float, df: float) -> float:
    """Return the quantile of Student's t with ``df`` degrees of freedom."""
    # scipy.special costs 0.4 s to import and scipy.stats 2.5 s: neither belongs in the start of a server.
    from scipy.special import stdtrit

    return float(stdtrit(df, probability))


def t_cumulative(value: float, df: float) -> float:
    """Return P(T ≤ value) for Student's t with ``df`` degrees of freedom."""
    from scipy.special import stdtr  # see t_quantile

    return float(stdtr(df, value))


def normal_quantile(probability: float) -> float:
    return NormalDist().inv_cdf(probability)


def mean_estimate(
    values: Sequence[float] | Floats, confidence: float = 0.95, *, skewed: bool = False
) -> MeanEstimate:
    """Return the mean of independent values with the interval mean ± t_{n−1} · s/√n.

    Of amounts it is as far out as the correction for what is ``skewed`` needs (see skewed_means). Raises
    InputError for no values at all.
    """
    array = _finite(values)
    if array.size == 0:
        raise InputError("There is no value to average; every score of this metric is missing.")
    mean, n = float(array.mean()), int(array.size)
    if n < 2:
        return MeanEstimate(mean, None, None, 1, None)
    standard_error = float(array.std(ddof=1)) / math.sqrt(n)
    reach = t_quantile(_upper(confidence), n - 1) * standard_error
    low, high = mean - reach, mean + reach
    if skewed and standard_error > 0:
        tail = 1 - _upper(confidence)
        corrected = SkewedMean(mean, standard_error, skewness_of(array - mean), n, n - 1)
        low, high = min(low, corrected.lower_bound(tail)), max(high, 0.0 - corrected.mirrored.lower_bound(tail))
    return MeanEstimate(mean, low, high, n, standard_error)


@dataclass(frozen=True)
class PairedDifference:
    """The mean of paired differences, and what its sampling distribution says.

    The standard error is (1/n) √( G/(G−1) Σ_g (Σ_{i∈g}(d_i − d̄))² ), Liang and Zeger's with the G/(G−1)
    correction (Miller 2024, "Adding Error Bars to Evals", adds the pairing). With 30 clusters or more,
    intervals and p values come from t, with a degree of freedom less than there are clusters, or of clusters of
    unlike sizes their effective number. With fewer they come from flipping the signs of the cluster sums: the
    interval is that test turned around, so both always agree. Yes/no outcomes without clusters have a score test
    of their own, at any number of items.

    Both believe that the sample shows what there is. So where the range of a difference is known, Gaffke's bound
    must agree (see bounded_means), and of what has no range the test that corrects for skewness (see
    skewed_means): the greater p value counts, and the wider interval. Amounts that differ equally everywhere are
    left to sign flips: they have no range that would bound what a cluster could show.
    """

    difference: float
    standard_error: float | None
    n: int
    clusters: int
    sums: Floats
    """Σ d_i of each cluster."""
    sizes: Floats
    """Number of items of each cluster."""
    value_range: float
    """Largest minus smallest value seen on either side: what one changed item could contribute."""
    binary: BinaryPairs | None = None
    """The counts, where every value is 0 or 1 and every item its own cluster."""
    amount: bool = False
    """Whether it is of an amount, such as money or time: never yes or no, and within no bounds."""
    variance: float | None = None
    """Of the items' differences; None for fewer than two."""
    seed: int = 0
    bounds: tuple[float, float] | None = None
    """The least and the greatest difference that an item can show, where that is known."""
    skewed: bool = False
    """Whether it has no range, so that its skewness is corrected for."""

    @property
    def method(self) -> Method:
        if self.binary is not None:
            return "score"
        if self.bounds is not None:
            return "bounded"
        if self.constant and self.amount:
            return "sign-flip"
        return "skew-corrected" if self.skewed else self._usual

    @property
    def _usual(self) -> Literal["t", "sign-flip"]:
        return "sign-flip" if self.clusters < FEW_CLUSTERS else "t"

    @property
    def df(self) -> float:
        """Return the degrees of freedom of t: the effective number of clusters less one.

        Few large clusters say more of the mean than the others, and know less of its variance (Carter, Schnepel
        and Steigerwald 2017); of equal sizes the effective number is the number.
        """
        squares = self.sizes * self.sizes
        return max(1.0, float(squares.sum() ** 2 / (squares * squares).sum()) - 1)

    @cached_property
    def bounded(self) -> BoundedMean | None:
        """Return what bounds the mean whatever its distribution, where the range is known."""
        if self.bounds is None or self.binary is not None:
            return None
        return BoundedMean(self.sums, self.sizes, *self.bounds)

    @cached_property
    def corrected(self) -> SkewedMean | None:
        """Return what corrects for skewness, of what has no range."""
        if not self.skewed or self.constant or not self.standard_error or self.binary is not None:
            return None
        skewness = skewness_of(self.sums - self.sizes * self.difference)
        return SkewedMean(self.difference, self.standard_error, skewness, self.clusters, self.df)

    def fewest(self, *, greater: bool) -> int | None:
        """Return how many clusters it takes until skewness leaves a test what it promises; None where it does."""
        if self.corrected is None:
            return None
        needed = (self.corrected if greater else self.corrected.mirrored).fewest
        return needed if self.clusters < needed else None

    @property
    def constant(self) -> bool:
        """Whether every cluster shows the same difference, so that the data give no standard error."""
        return self.standard_error is not None and self.standard_error <= 1e-12 * max(self.value_range, 1e-300)

    @property
    def effective_n(self) -> float | None:
        """Return how many independent items would be as sure: n over the design effect (Kish 1965), at most n."""
        if self.standard_error is None or self.variance is None:
            return None
        return float(self.clusters) if self.constant else min(self.n, self.variance / self.standard_error**2)

    def interval(self, confidence: float = 0.95) -> Interval | None:
        """Return the two-sided interval, or None when there are too few clusters for any.

        Where every pair shows the same difference the formula would claim certainty. Then the share of
        clusters that could have differed is bounded by Clopper and Pearson's bound for no event in G
        clusters, 1 − (α/2)^{1/G}, times the range of the metric. An amount has none: its interval is what
        all clusters show, once there are enough of them for flips of their signs to be that rare.
        """
        if self.standard_error is None:
            return None
        tail = 1 - _upper(confidence)
        if self.binary is not None:
            return Interval(self.binary.lower_bound(tail), 0.0 - self.binary.mirrored.lower_bound(tail))
        usual, guard = self._usual_interval(tail), self.bounded or self.corrected
        if usual is None or guard is None:
            return usual
        return Interval(
            min(usual.low, guard.lower_bound(tail)), max(usual.high, 0.0 - guard.mirrored.lower_bound(tail))
        )

    def _usual_interval(self, tail: float) -> Interval | None:
        assert self.standard_error is not None
        if self.constant and self.bounds is not None:
            return Interval(self.difference, self.difference)
        if self.constant and self.amount:
            return Interval(self.difference, self.difference) if self._least_flip_p <= tail * (1 + 1e-9) else None
        if self.constant:
            reach = self.value_range * (1 - tail ** (1 / self.clusters))
            return Interval(self.difference - reach, self.difference + reach)
        if self._usual == "t":
            reach = t_quantile(1 - tail, self.df) * self.standard_error
            return Interval(self.difference - reach, self.difference + reach)
        allowed = math.floor(tail * (self._subset_means.size + 1) + 1e-9)
        if allowed < 1:
            return None
        return Interval(float(self._subset_means[allowed - 1]), float(self._subset_means[-allowed]))

    def p_greater(self, null: float = 0.0) -> float | None:
        """Return the one-sided p value of "the difference is at most ``null``" (small: it is greater)."""
        return self._p(null, greater=True)

    def p_less(self, null: float = 0.0) -> float | None:
        """Return the one-sided p value of "the difference is at least ``null``" (small: it is less)."""
        return self._p(null, greater=False)

    def p_two_sided(self, null: float = 0.0) -> float | None:
        sides = [p for p in (self.p_greater(null), self.p_less(null)) if p is not None]
        return min(1.0, 2 * min(sides)) if sides else None

    def _p(self, null: float, *, greater: bool) -> float | None:
        if self.standard_error is None:
            return None
        if self.binary is not None:
            return self.binary.p_greater(null) if greater else self.binary.mirrored.p_greater(-null)
        return max(self._usual_p(null, greater=greater), self.guard_p(null, greater=greater))

    def guard_p(self, null: float, *, greater: bool) -> float:
        """Return the p value of the test that must agree with the usual one; 0 where there is none."""
        guard = self.bounded or self.corrected
        if guard is None:
            return 0.0
        return guard.p_greater(null) if greater else guard.mirrored.p_greater(-null)

    def _usual_p(self, null: float, *, greater: bool) -> float:
        assert self.standard_error is not None
        distance = self.difference - null if greater else null - self.difference
        if self.constant and self.bounds is not None:
            return 0.0 if distance > 0 else 1.0
        if self.constant and self.amount:
            return self._least_flip_p if distance > 0 else 1.0
        if self.constant:
            return self._p_constant(distance)
        if self._usual == "t":
            return t_cumulative(-distance / self.standard_error, self.df)
        means = self._subset_means
        extreme = np.searchsorted(means, null, side="right") if greater else (means >= null).sum()
        return float((1 + int(extreme)) / (means.size + 1))

    def _p_constant(self, distance: float) -> float:
        """Invert the interval of the constant case: the tail at which its bound reaches ``null``."""
        if distance <= 0:
            return 1.0
        if distance >= self.value_range:
            return 0.0
        return float((1 - distance / self.value_range) ** self.clusters)

    @property
    def _least_flip_p(self) -> float:
        """The share that one of all choices of signs is."""
        return 2.0**-self.clusters

    @cached_property
    def _subset_means(self) -> Floats:
        """Sorted means over random subsets of clusters.

        Flipping the signs of a subset F of the centred sums Σ(d_i − θ) makes their total at least as large
        as the observed one exactly when the mean over F is ≤ θ. So P(flip ≥ observed | θ) counts subset
        means ≤ θ, and its quantiles are the confidence bounds (Hartigan 1969, typical values).
        """
        chosen = chosen_subsets(self.clusters, self.seed)
        return np.sort((chosen @ self.sums) / (chosen @ self.sizes))


@lru_cache(maxsize=4)
def chosen_subsets(clusters: int, seed: int) -> Floats:
    """Return subsets of clusters as rows of zeros and ones: all of them but the empty one, or a sample."""
    if clusters <= _ENUMERATED_CLUSTERS:
        codes = np.arange(1, 2**clusters, dtype=np.int64)
        chosen = (codes[:, None] >> np.arange(clusters)) & 1
    else:
        chosen = np.random.default_rng(seed).integers(0, 2, (_DRAWN_FLIPS, clusters))
        chosen = chosen[chosen.any(axis=1)]
    # As numbers that matrices multiply fast; a report of slices asks for the same subsets again and again.
    return chosen.astype(np.float64)


def paired_difference(
    baseline: Sequence[float] | Floats,
    candidate: Sequence[float] | Floats,
    clusters: Clusters | None = None,
    *,
    amount: bool = False,
    bounds: tuple[float, float] | None = None,
    skewed: bool = False,
    seed: int = 0,
) -> PairedDifference:
    """Compare two aligned series; without ``clusters`` every item is its own.

    Of an ``amount`` zeros and ones are no yes and no. ``bounds`` are those of a single difference, where they are
    known; what is ``skewed`` has none.

    Raises InputError when the series are empty or of different lengths.
    """
    first, second = _finite(baseline), _finite(candidate)
    if first.size != second.size or (clusters is not None and len(clusters) != first.size):
        raise InputError(
            f"A paired comparison needs aligned series; the baseline has {first.size} values and the "
            f"candidate {second.size}."
        )
    if first.size == 0:
        raise InputError("A paired comparison needs at least one item that both runs scored.")
    differences = second - first
    sums, sizes = sums_by_cluster(differences, clusters)
    n, count = int(differences.size), int(sums.size)
    mean = float(differences.mean())
    both = np.concatenate([first, second])
    return PairedDifference(
        difference=mean,
        standard_error=_clustered_error(sums, sizes, mean) if count > 1 else None,
        n=n,
        clusters=count,
        sums=sums,
        sizes=sizes,
        value_range=float(both.max() - both.min()),
        binary=_binary_pairs(first, second) if count == n and not amount else None,
        amount=amount,
        variance=float(differences.var(ddof=1)) if n > 1 else None,
        seed=seed,
        bounds=bounds,
        skewed=skewed and bounds is None,
    )


def holm(p_values: Sequence[float], level: float) -> list[tuple[bool, float]]:
    """Return, for each hypothesis, whether Holm's step-down rejects it, and the level it was held to.

    Hypotheses after the first that stands are held to that one's level, at which they stand as well: an
    interval drawn at the returned level always tells the same as the decision (Holm 1979).
    """
    order = sorted(range(len(p_values)), key=lambda position: p_values[position])
    decisions: list[tuple[bool, float]] = [(False, level)] * len(p_values)
    rejecting, share = True, level
    for step, position in enumerate(order):
        if rejecting:
            share = level / (len(order) - step)
            rejecting = p_values[position] <= share
        decisions[position] = (rejecting, share)
    return decisions


def _binary_pairs(baseline: Floats, candidate: Floats) -> BinaryPairs | None:
    both = np.concatenate([baseline, candidate])
    # Zeros alone are no yes/no outcome for certain: a price is 0 wherever the model is free.
    if not ((both == 0) | (both == 1)).all() or not both.any():
        return None
    gains, losses = int((candidate > baseline).sum()), int((candidate < baseline).sum())
    return BinaryPairs(gains, losses, int(baseline.size))


def _clustered_error(sums: Floats, sizes: Floats, mean: float) -> float:
    count, n = sums.size, float(sizes.sum())
    residuals = sums - sizes * mean
    return math.sqrt(count / (count - 1) * float((residuals**2).sum())) / n


def sums_by_cluster(values: Floats, clusters: Clusters | None) -> tuple[Floats, Floats]:
    """Return the sum of each cluster's values, and how many it has."""
    if clusters is None:
        return values, np.ones_like(values)
    codes = codes_of(clusters)
    return np.bincount(codes, weights=values).astype(np.float64), np.bincount(codes).astype(np.float64)


def codes_of(clusters: Clusters) -> NDArray[np.int64]:
    """Return the clusters as numbers from 0 without a gap."""
    if isinstance(clusters, np.ndarray):
        return np.unique(clusters, return_inverse=True)[1].astype(np.int64)
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(cluster, len(numbers)) for cluster in clusters], dtype=np.int64)


def _finite(values: Sequence[float] | Floats) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        raise InputError("A score is not a finite number; leave it out and count it as missing.")
    return array


def _upper(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise InputError(f"The confidence {confidence} is not between 0 and 1; 0.95 is usual.")
    return 1 - (1 - confidence) / 2
