"""The bootstrap of mean differences, over whole clusters."""

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from windlass.evaluation.statistics.paired import Floats, Interval, PairedDifference, normal_quantile, t_quantile
from windlass.evaluation.statistics.resampling import resampled_means


def bootstrap_interval(
    pairs: PairedDifference, confidence: float = 0.95, *, resamples: int = 2000, widened: bool = True
) -> Interval | None:
    """Return the BCa interval of the mean difference, resampling whole clusters (Efron 1987).

    Of many clusters see ``resampled_means``. None with fewer than two, or where every cluster shows the same
    difference. Resamples of few clusters spread too little, by √((G−1)/G), and nothing in them stands for the
    uncertainty of the spread: tails are ``widened`` to what makes the interval of normal values Student's
    (Hesterberg 2015).
    """
    return bootstrap_intervals([pairs], [confidence], resamples=resamples, widened=widened)[0]


def bootstrap_intervals(
    several: Sequence[PairedDifference],
    confidences: Sequence[float],
    *,
    resamples: int = 2000,
    widened: bool = True,
) -> list[Interval | None]:
    """Return the BCa intervals of several; those of as many clusters, and of one seed, share their resamples."""
    sharing: dict[tuple[int, int], list[int]] = {}
    for place, pairs in enumerate(several):
        if pairs.standard_error is not None and not pairs.constant:
            sharing.setdefault((pairs.clusters, pairs.seed), []).append(place)
    found: list[Interval | None] = [None] * len(several)
    for (_, seed), places in sharing.items():
        columns = [(several[place].sums, several[place].sizes) for place in places]
        for place, means in zip(places, resampled_means(columns, resamples, seed), strict=True):
            found[place] = _bca(several[place], means, confidences[place], widened=widened)
    return found


def _bca(pairs: PairedDifference, means: Floats, confidence: float, *, widened: bool) -> Interval:
    # Half of the ties count as below: a discrete metric has many, and all-or-none would bias the correction.
    below = (
        np.searchsorted(means, pairs.difference, "left") + np.searchsorted(means, pairs.difference, "right")
    ) / 2
    share = min(max(below / means.size, 0.5 / means.size), 1 - 0.5 / means.size)
    bias = normal_quantile(float(share))
    left_out = (pairs.sums.sum() - pairs.sums) / (pairs.sizes.sum() - pairs.sizes)
    centred = left_out.mean() - left_out
    scale = float((centred**2).sum()) ** 1.5
    acceleration = float((centred**3).sum()) / (6 * scale) if scale > 0 else 0.0
    reach = _reach(confidence, pairs.clusters) if widened else normal_quantile((1 + confidence) / 2)
    bounds = [_bca_share(end, bias, acceleration) for end in (-reach, reach)]
    low, high = np.quantile(means, bounds)
    return Interval(float(low), float(high))


def _reach(confidence: float, clusters: int) -> float:
    return t_quantile((1 + confidence) / 2, clusters - 1) * math.sqrt(clusters / (clusters - 1))


def _bca_share(end: float, bias: float, acceleration: float) -> float:
    shifted = bias + end
    return NormalDist().cdf(bias + shifted / (1 - acceleration * shifted))
