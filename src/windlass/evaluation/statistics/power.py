"""How many items a decision needs, and how small a difference a run can see."""

import math
from bisect import bisect_left
from typing import Protocol

from windlass.evaluation.statistics.binary_pairs import BinaryPairs
from windlass.evaluation.statistics.bounded_means import BoundedMean
from windlass.evaluation.statistics.paired import Interval, normal_quantile, t_quantile

POWER = 0.8
_BEYOND_REACH = 10_000_000


class Sampled(Protocol):
    """An estimate from items in clusters, such as a paired difference or a rate."""

    @property
    def difference(self) -> float: ...
    @property
    def standard_error(self) -> float | None: ...
    @property
    def n(self) -> int: ...
    @property
    def clusters(self) -> int: ...
    @property
    def constant(self) -> bool: ...
    @property
    def amount(self) -> bool: ...
    @property
    def value_range(self) -> float: ...
    @property
    def binary(self) -> BinaryPairs | None: ...
    @property
    def bounded(self) -> BoundedMean | None: ...
    @property
    def df(self) -> float: ...
    def interval(self, confidence: float = 0.95) -> Interval | None: ...
    def fewest(self, *, greater: bool) -> int | None: ...


def detectable_difference(pairs: Sampled, confidence: float = 0.95, power: float = POWER) -> float | None:
    """Return the minimum detectable effect (t_{1−α/2} + t_{1−β}) · SE, in units of the metric.

    Where the interval reaches further down than t_{1−α/2} · SE, that counts.
    """
    if pairs.standard_error is None or pairs.constant:
        return None
    reach = t_quantile(1 - (1 - confidence) / 2, pairs.df) * pairs.standard_error
    interval = pairs.interval(confidence) if pairs.bounded else None
    if interval is not None:
        reach = max(reach, pairs.difference - interval.low)
    return reach + t_quantile(power, pairs.df) * pairs.standard_error


def needed_items(variance: float, distance: float, confidence: float = 0.95, power: float = POWER) -> int | None:
    """Return n = (z_{1−α/2} + z_{1−β})² · variance / distance².

    ``variance`` is that of one item's difference: ω_d² + σ_A²/K_A + σ_B²/K_B with K repeats a side; ``distance``
    is what must be told apart from zero. None when no reachable number of items would do.
    """
    if distance == 0:
        return None
    z = normal_quantile(1 - (1 - confidence) / 2) + normal_quantile(power)
    needed = z * z * variance / distance**2
    return math.ceil(needed) if needed <= _BEYOND_REACH else None


def deciding_items(pairs: Sampled, bound: float, confidence: float = 0.95) -> int | None:
    """Return how many items would decide whether the difference is above ``bound``, were it to stay as seen.

    The variance of an item is taken as n · SE², so that clusters count with their design effect. Where the range
    is known, so many items like those seen are held to what bounds their mean; what is skewed takes as many as
    leave its test what it promises. None where one cluster, or a difference on the bound itself, says nothing.
    """
    distance = abs(pairs.difference - bound)
    if pairs.standard_error is None or distance == 0:
        return None
    if pairs.bounded is not None:
        return _deciding_bounded(pairs, pairs.bounded, bound, confidence)
    if pairs.constant and pairs.amount:
        return _fewest_items(pairs, confidence)
    if pairs.constant and pairs.binary is not None:
        return _deciding_pairs(pairs.binary, bound, (1 - confidence) / 2)
    if pairs.constant:
        return _deciding_constant(pairs, distance, confidence)
    return _deciding_usual(pairs, bound, confidence)


def _deciding_usual(pairs: Sampled, bound: float, confidence: float) -> int | None:
    assert pairs.standard_error is not None
    needed = needed_items(pairs.n * pairs.standard_error**2, pairs.difference - bound, confidence)
    if needed is None:
        return None
    fewest = pairs.fewest(greater=pairs.difference > bound) or 0
    return max(needed, _fewest_items(pairs, confidence), math.ceil(fewest * pairs.n / pairs.clusters))


def _deciding_bounded(pairs: Sampled, bounded: BoundedMean, bound: float, confidence: float) -> int | None:
    """Return the fewest items like those seen whose bounded mean decides with the power asked for.

    In a fifth of samples the mean is lower than seen by 0.84 of its standard error or more.
    """
    assert pairs.standard_error is not None
    usual = _fewest_items(pairs, confidence)
    if not pairs.constant:
        needed = _deciding_usual(pairs, bound, confidence)
        if needed is None:
            return None
        usual = needed
    turned, null = (bounded, bound) if pairs.difference > bound else (bounded.mirrored, -bound)
    tail, short = (1 - confidence) / 2, normal_quantile(POWER) * pairs.standard_error

    def decides(n: int) -> bool:
        more = n / pairs.n
        return turned.times(more).p_greater(null + short / math.sqrt(more)) <= tail

    low, high = 0, usual
    while not decides(high):
        low, high = high, 2 * high
        if high > _BEYOND_REACH:
            return None
    return high if low == 0 else low + 1 + bisect_left(range(low + 1, high), True, key=decides)


def _deciding_pairs(seen: BinaryPairs, bound: float, tail: float) -> int | None:
    """Return the fewest yes/no pairs, all alike as those seen, with which the score test decides."""

    def decides(n: int) -> bool:
        pairs = BinaryPairs(n * seen.gains // seen.n, n * seen.losses // seen.n, n)
        return pairs.p_greater(bound) <= tail or pairs.mirrored.p_greater(-bound) <= tail

    needed = 1 + bisect_left(range(1, _BEYOND_REACH), True, key=decides)
    return needed if needed < _BEYOND_REACH else None


def _deciding_constant(pairs: Sampled, distance: float, confidence: float) -> int | None:
    if distance >= pairs.value_range:
        return pairs.n
    tail = (1 - confidence) / 2
    clusters = math.ceil(math.log(tail) / math.log(1 - distance / pairs.value_range)) + 1
    needed = math.ceil(clusters * pairs.n / pairs.clusters)
    return needed if needed <= _BEYOND_REACH else None


def _fewest_items(pairs: Sampled, confidence: float) -> int:
    """Items in the fewest clusters whose 2^G sign flips can reach the confidence at all."""
    clusters = math.ceil(math.log2(2 / (1 - confidence)))
    return math.ceil(clusters * pairs.n / pairs.clusters)
