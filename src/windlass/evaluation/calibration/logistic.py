"""Logistic regression by iteratively reweighted least squares, with standard errors that account for clusters."""

from collections.abc import Hashable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS: Final = 50
_CLOSE: Final = 1e-12
_SEPARATED: Final = 1e-8
"""A chance nearer to 0 or 1 than this on every item: something decides alone, and no coefficient is finite."""


class Logistic(NamedTuple):
    """Coefficients with their standard errors, the intercept last."""

    coefficients: Floats
    errors: Floats


def fit_logistic(
    covariates: Floats, chosen: Floats, clusters: Sequence[Hashable] | None = None
) -> Logistic | None:
    """Regress a choice of 0 or 1 on covariates, one column each; an intercept is added.

    Errors are those of the Fisher information; with clusters of the sandwich with the factor
    G/(G−1) · (n−1)/(n−k) (Cameron and Miller 2015). None where there is no finite solution: a column decides
    alone, or says what another says.
    """
    columns = np.column_stack([covariates, np.ones(len(chosen))])
    n, size = columns.shape
    if n <= size or np.linalg.matrix_rank(columns) < size or len(set(chosen.tolist())) < 2:
        return None
    coefficients = np.zeros(size)
    for _ in range(_STEPS):
        chances = _chances(columns, coefficients)
        information = _information(columns, chances)
        try:
            step = np.linalg.solve(information, columns.T @ (chosen - chances))
        except np.linalg.LinAlgError:
            return None
        coefficients = coefficients + step
        if np.abs(step).max() <= _CLOSE * max(1.0, np.abs(coefficients).max()):
            break
    else:
        return None
    chances = _chances(columns, coefficients)
    if (np.minimum(chances, 1 - chances) < _SEPARATED).all():
        return None
    inverse = np.linalg.inv(_information(columns, chances))
    if clusters is not None:
        inverse = _sandwich(columns * (chosen - chances)[:, None], inverse.astype(np.float64), clusters)
    return Logistic(coefficients, np.sqrt(np.diag(inverse)))


def _chances(columns: Floats, coefficients: Floats) -> Floats:
    chances: Floats = 1 / (1 + np.exp(-np.clip(columns @ coefficients, -500, 500)))
    return chances


def _information(columns: Floats, chances: Floats) -> Floats:
    information: Floats = columns.T @ (columns * (chances * (1 - chances))[:, None])
    return information


def _sandwich(scores: Floats, inverse: Floats, clusters: Sequence[Hashable]) -> Floats:
    numbers: dict[Hashable, int] = {}
    of_item = [numbers.setdefault(each, len(numbers)) for each in clusters]
    sums = np.zeros((len(numbers), scores.shape[1]))
    np.add.at(sums, of_item, scores)
    n, size, groups = len(scores), scores.shape[1], len(numbers)
    factor = groups / (groups - 1) * (n - 1) / (n - size) if groups > 1 else np.nan
    found: Floats = factor * inverse @ (sums.T @ sums) @ inverse
    return found
