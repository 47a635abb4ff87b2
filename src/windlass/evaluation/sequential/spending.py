"""How a fixed-horizon test spends its level over planned looks (Lan and DeMets 1983)."""

import math
from statistics import NormalDist

from windlass.evaluation.sequential.rule import Boundary
from windlass.evaluation.statistics.paired import normal_quantile

_NORMAL = NormalDist()


def spent(boundary: Boundary, level: float, fraction: float) -> float:
    """Return how much of a one-sided level is spent at a fraction of the information.

    ``obrien_fleming`` is 2 − 2Φ(z_{1−level/2}/√t), very little early; ``pocock`` is level · log(1 + (e − 1)t),
    nearly even.
    """
    if fraction <= 0:
        return 0.0
    if fraction >= 1:
        return level
    if boundary == "pocock":
        return level * math.log(1 + (math.e - 1) * fraction)
    return 2 * _NORMAL.cdf(-normal_quantile(1 - level / 2) / math.sqrt(fraction))
