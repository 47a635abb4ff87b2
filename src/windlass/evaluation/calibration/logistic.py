"""Logistic regression by iteratively reweighted least squares, with standard errors that account for clusters."""

from collections.abc import Hashable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS: Final = 50
_CLOSE: Final = 1e-12
_FARTHEST: Final = 25.0
"""Log-odds beyond which something decides alone on some item: coefficients then grow with every step."""


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
    if clusters is not None and len(set(clusters)) < 2:
        return None
    coefficients = np.zeros(size)
    for _ in range(_STEPS):
        chances = _chances(columns, coefficients)
        step = np.linalg.solve(_information(columns, chances), columns.T @ (chosen - chances))
        coefficients = coefficients + step
        if np.abs(columns @ coefficients).max() > _FARTHEST:
            return None
        if np.abs(step).max() <= _CLOSE * max(1.0, np.abs(coefficients).max()):
            break
    else:
        return None
    chances = _chances(columns, coefficients)
    covariance: Floats = np.linalg.inv(_information(columns, chances)).astype(np.float64)
    if clusters is not None:
        covariance = _sandwich(columns * (chosen - chances)[:, None], covariance, clusters)
    variances: Floats = np.diag(covariance)
    # Where hardly anything is left to chance the inverse is one of rounding errors.
    return Logistic(coefficients, np.sqrt(variances)) if (variances > 0).all() else None


def _chances(columns: Floats, coefficients: Floats) -> Floats:
    chances: Floats = 1 / (1 + np.exp(-columns @ coefficients))
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
    factor = groups / (groups - 1) * (n - 1) / (n - size)
    found: Floats = factor * inverse @ (sums.T @ sums) @ inverse
    return found
