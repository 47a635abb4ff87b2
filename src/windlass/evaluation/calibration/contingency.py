"""Measures of agreement as functions of contingency tables: people down, the judge across, a stack at a time.

A measure of a bootstrap resample is then the measure of another table, and costs as much as there are values,
however many items there are. What is undefined in a table is NaN.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from windlass.evaluation.reviews.agreement import alphas_of, kappas_of
from windlass.evaluation.reviews.questions import Level

Floats = NDArray[np.float64]
Measure = Callable[[Floats, Sequence[float]], Floats]
"""Of tables (any number of them) and of the values that their rows and columns stand for."""


def accuracies(tables: Floats, _values: Sequence[float]) -> Floats:
    """Return the share of items on which both say the same."""
    return _share(np.trace(tables, axis1=1, axis2=2), tables.sum(axis=(1, 2)))


def balanced_accuracies(tables: Floats, _values: Sequence[float]) -> Floats:
    """Return the mean over the values that people gave of the share on which the judge says the same."""
    given = tables.sum(axis=2)
    recalls = _share(np.diagonal(tables, axis1=1, axis2=2), given)
    return _share(np.nansum(recalls, axis=1), (given > 0).sum(axis=1).astype(np.float64))


def cohen_kappas(tables: Floats, _values: Sequence[float]) -> Floats:
    return kappas_of(tables)


def linear_kappas(tables: Floats, values: Sequence[float]) -> Floats:
    """Return Cohen's weighted kappa (Cohen 1968): a disagreement counts by how far apart the values are."""
    return _weighted(tables, np.abs(_differences(values)))


def quadratic_kappas(tables: Floats, values: Sequence[float]) -> Floats:
    """Return Cohen's weighted kappa with squared distances."""
    return _weighted(tables, _differences(values) ** 2)


def gwet_ac1s(tables: Floats, _values: Sequence[float]) -> Floats:
    """Return Gwet's AC1 (2008): (p_a − p_e)/(1 − p_e) with p_e = Σ π(1 − π)/(K − 1), π the mean of both shares.

    It stays near the raw agreement where one value is common and kappa falls to 0.
    """
    size = tables.shape[1]
    if size < 2:
        return np.full(len(tables), np.nan)
    n = tables.sum(axis=(1, 2))
    agreed = _share(np.trace(tables, axis1=1, axis2=2), n)
    shares = _share(tables.sum(axis=2) + tables.sum(axis=1), 2 * n[:, None])
    expected = (shares * (1 - shares)).sum(axis=1) / (size - 1)
    return _share(agreed - expected, 1 - expected)


def alphas(level: Level) -> Measure:
    """Return Krippendorff's alpha of the judge and people as two who label."""

    def of(tables: Floats, values: Sequence[float]) -> Floats:
        return alphas_of(tables + tables.transpose(0, 2, 1), values, level)

    return of


def spearmans(tables: Floats, _values: Sequence[float]) -> Floats:
    """Return Spearman's rank correlation, ties at their middle rank; the tables need not be square."""
    n = tables.sum(axis=(1, 2))
    rows, columns = tables.sum(axis=2), tables.sum(axis=1)
    first, second = (_middles(counts) - (n[:, None] + 1) / 2 for counts in (rows, columns))
    products = (tables * first[:, :, None] * second[:, None, :]).sum(axis=(1, 2))
    spread = np.sqrt((rows * first**2).sum(axis=1) * (columns * second**2).sum(axis=1))
    return _share(products, spread)


def measures_of(level: Level) -> Mapping[str, Measure]:
    """Return every measure by name."""
    return MappingProxyType({**_ALWAYS, "alpha": alphas(level), "spearman": spearmans})


_ALWAYS: Final[Mapping[str, Measure]] = {
    "accuracy": accuracies,
    "balanced_accuracy": balanced_accuracies,
    "kappa": cohen_kappas,
    "linear_kappa": linear_kappas,
    "quadratic_kappa": quadratic_kappas,
    "ac1": gwet_ac1s,
}


def _weighted(tables: Floats, distances: Floats) -> Floats:
    n = tables.sum(axis=(1, 2))
    observed = _share((tables * distances).sum(axis=(1, 2)), n)
    chance = tables.sum(axis=2)[:, :, None] * tables.sum(axis=1)[:, None, :]
    expected = _share((chance * distances).sum(axis=(1, 2)), n**2)
    return 1 - _share(observed, expected)


def _middles(counts: Floats) -> Floats:
    """Return the middle rank of each value, of how many have it."""
    middles: Floats = np.cumsum(counts, axis=1) - (counts - 1) / 2
    return middles


def _differences(values: Sequence[float]) -> Floats:
    numbers = np.asarray(values, dtype=np.float64)
    differences: Floats = numbers[:, None] - numbers[None, :]
    return differences


def _share(part: Floats, whole: Floats) -> Floats:
    """Divide; what has no whole is undefined."""
    shares = np.full(np.broadcast_shapes(part.shape, whole.shape), np.nan)
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares
