"""The ratio of two paired means, with its interval.

"At most 10 % dearer" is said of B̄ / Ā. It is tested by the differences (1 + 0.1)·A_i − B_i, whose mean is
above zero exactly when it is true: that takes the noise of the baseline's mean into account, which a margin of
0.1·Ā, taken for a fixed number, would not, and needs no linear approximation of the ratio, as the delta method
does. The interval is the test turned around: Fieller's (1954), or with few clusters the ratios over subsets.
"""

import math
from collections.abc import Callable
from typing import Final, Literal

import numpy as np

from windlass.evaluation.statistics.paired import (
    FEW_CLUSTERS,
    Clusters,
    Floats,
    Interval,
    PairedDifference,
    chosen_subsets,
    sums_by_cluster,
    t_quantile,
)

_FAR: Final = 1000
"""Times the end of an interval; what lies beyond is no bound that anybody reads."""
_GUARD_HALVINGS: Final = 20


def ratio_interval(
    before: Floats,
    after: Floats,
    clusters: Clusters | None,
    confidence: float,
    *,
    seed: int,
    contrast: Callable[[float], PairedDifference] | None = None,
) -> Interval | None:
    """Return the interval of mean(after) / mean(before); None where the data bound it on no side.

    That is where the first mean cannot be told from zero, and with too few clusters. Where the test of after −
    ratio · before has a guard that must agree, ``contrast`` is that difference: no end is a ratio that it does not
    reject.
    """
    first, sizes = sums_by_cluster(before, clusters)
    second, _ = sums_by_cluster(after, clusters)
    if first.size < 2 or first.sum() <= 0:
        return None
    tail = (1 - confidence) / 2
    few = first.size < FEW_CLUSTERS
    found = _by_flips(first, second, tail, seed) if few else _fieller(first, second, sizes, tail)
    if found is None or contrast is None:
        return found
    low = _guarded(found.low, -1, lambda ratio: contrast(ratio).guard_p(0.0, greater=True) <= tail)
    high = _guarded(found.high, 1, lambda ratio: contrast(ratio).guard_p(0.0, greater=False) <= tail)
    return None if low is None or high is None else Interval(low, high)


def _guarded(end: float, side: Literal[1, -1], rejects: Callable[[float], bool]) -> float | None:
    """Return the first ratio from an end outwards that is rejected; None where none is, far out."""
    if rejects(end):
        return end
    stands, step = end, 0.01 * max(abs(end), 1e-3)
    while not rejects(rejected := stands + side * step):
        stands, step = rejected, 2 * step
        if step > _FAR * max(abs(end), 1e-3):
            return None
    for _ in range(_GUARD_HALVINGS):
        middle = (stands + rejected) / 2
        stands, rejected = (stands, middle) if rejects(middle) else (middle, rejected)
    return rejected


def _by_flips(first: Floats, second: Floats, tail: float, seed: int) -> Interval | None:
    # Over a subset that sums to nothing there is no ratio.
    if (first <= 0).any():
        return None
    chosen = chosen_subsets(first.size, seed)
    ratios = np.sort((chosen @ second) / (chosen @ first))
    allowed = math.floor(tail * (ratios.size + 1) + 1e-9)
    return None if allowed < 1 else Interval(float(ratios[allowed - 1]), float(ratios[-allowed]))


def _fieller(first: Floats, second: Floats, sizes: Floats, tail: float) -> Interval | None:
    count, n = first.size, float(sizes.sum())
    a, b = float(first.sum()) / n, float(second.sum()) / n
    u, v = first - sizes * a, second - sizes * b
    scale = t_quantile(1 - tail, count - 1) ** 2 * count / (count - 1) / n**2
    leading = a * a - scale * float(u @ u)
    if leading <= 0:
        return None
    middle = a * b - scale * float(u @ v)
    last = b * b - scale * float(v @ v)
    reach = math.sqrt(max(0.0, middle * middle - leading * last))
    return Interval((middle - reach) / leading, (middle + reach) / leading)
