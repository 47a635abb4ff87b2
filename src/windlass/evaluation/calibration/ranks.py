"""Spearman's rank correlation of scores that take too many values for a table, with its interval."""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from windlass.evaluation.calibration.resampling import CONFIDENCE, RESAMPLES, SEED
from windlass.evaluation.reviews.agreement import Coefficient, coefficient_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BLOCK = 100


def spearman(
    first: Sequence[float], second: Sequence[float], clusters: Sequence[Hashable] | None = None
) -> Coefficient:
    """Return the rank correlation of two series, ties at their middle rank; whole clusters are resampled."""
    n = len(first)
    if n == 0:
        return Coefficient(None, None, None, 0)
    ranked = [_Ranked(np.asarray(each, dtype=np.float64)) for each in (first, second)]
    numbers: dict[Hashable, int] = {}
    of_item = np.array([numbers.setdefault(each, len(numbers)) for each in clusters or range(n)], dtype=np.int64)
    value = float(_correlations(np.ones((1, n)), ranked)[0])
    generator = np.random.default_rng(SEED)
    found = []
    for _ in range(RESAMPLES // _BLOCK):
        drawn = generator.multinomial(len(numbers), np.full(len(numbers), 1 / len(numbers)), size=_BLOCK)
        found.append(_correlations(drawn[:, of_item].astype(np.float64), ranked))
    return coefficient_of(value, np.concatenate(found), n, CONFIDENCE)


class _Ranked:
    """Values in their order, so that the ranks of any weighting of the items are found by adding up."""

    def __init__(self, values: Floats) -> None:
        _, self._codes = np.unique(values, return_inverse=True)
        self._order = np.argsort(self._codes, kind="stable")
        self._starts = np.flatnonzero(np.diff(self._codes[self._order], prepend=-1))

    def centred(self, weights: Floats) -> Floats:
        """Return the middle rank of each item less the mean rank, in each weighting."""
        counts = np.add.reduceat(weights[:, self._order], self._starts, axis=1)
        middles = np.cumsum(counts, axis=1) - (counts - 1) / 2
        centred: Floats = middles[:, self._codes] - (weights.sum(axis=1, keepdims=True) + 1) / 2
        return centred


def _correlations(weights: Floats, ranked: Sequence[_Ranked]) -> Floats:
    first, second = (each.centred(weights) for each in ranked)
    products = (weights * first * second).sum(axis=1)
    spread = np.sqrt((weights * first**2).sum(axis=1) * (weights * second**2).sum(axis=1))
    correlations = np.full(len(weights), np.nan)
    np.divide(products, spread, out=correlations, where=spread > 0)
    return correlations
