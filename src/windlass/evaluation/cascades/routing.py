"""How well an order of items tells which of them need the stronger model."""

from collections.abc import Sequence

import numpy as np

from windlass.errors import InputError
from windlass.evaluation.statistics.paired import Floats


def apgr(
    order: Sequence[float] | Floats, weak: Sequence[float] | Floats, strong: Sequence[float] | Floats
) -> float:
    """Return the average performance gap recovered (Ong et al. 2024, RouteLLM).

    Items go to the strong model in the order given, the lowest value first. With so many of them as go there, the
    gap recovered is (quality − weak) / (strong − weak); its average over all shares from none to all is 0.5 of an
    order by chance, and 1 would be the whole gap for no item. Raises InputError where there is no gap.
    """
    first, second = np.asarray(weak, dtype=np.float64), np.asarray(strong, dtype=np.float64)
    gap = float((second - first).mean()) if first.size else 0.0
    if gap <= 0:
        raise InputError("The strong run is not better than the weak one, so there is no gap to recover.")
    # Stable: of equal values the order of the dataset decides.
    places = np.argsort(np.asarray(order, dtype=np.float64), kind="stable")
    recovered = np.concatenate([[0.0], np.cumsum((second - first)[places])]) / first.size / gap
    return float((recovered[1:] + recovered[:-1]).sum() / 2 / first.size)
