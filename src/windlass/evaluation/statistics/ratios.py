"""The ratio of two paired means, with its interval.

"At most 10 % dearer" is said of B̄ / Ā. It is tested by the differences (1 + 0.1)·A_i − B_i, whose mean is
above zero exactly when it is true: that takes the noise of the baseline's mean into account, which a margin of
0.1·Ā, taken for a fixed number, would not, and needs no linear approximation of the ratio, as the delta method
does. The interval is the test turned around: Fieller's (1954), or with few clusters the ratios over subsets.
"""

import math

import numpy as np

from windlass.evaluation.statistics.paired import (
    FEW_CLUSTERS,
    Clusters,
    Floats,
    Interval,
    chosen_subsets,
    sums_by_cluster,
    t_quantile,
)


def ratio_interval(
    before: Floats, after: Floats, clusters: Clusters | None, confidence: float, *, seed: int
) -> Interval | None:
    """Return the interval of mean(after) / mean(before); None where the data bound it on no side.

    That is where the first mean cannot be told from zero, and with too few clusters.
    """
    first, sizes = sums_by_cluster(before, clusters)
    second, _ = sums_by_cluster(after, clusters)
    if first.size < 2 or first.sum() <= 0:
        return None
    tail = (1 - confidence) / 2
    if first.size < FEW_CLUSTERS:
        return _by_flips(first, second, tail, seed)
    return _fieller(first, second, sizes, tail)


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
