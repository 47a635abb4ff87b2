"""How far people who labelled the same items agree, with bootstrap intervals.

Krippendorff's alpha is 1 − D_o / D_e with the coincidence matrix and the difference functions of Krippendorff
(2011), "Computing Krippendorff's Alpha-Reliability": it takes any number of reviewers, and items that some of
them left out. Cohen's kappa is (p_o − p_e) / (1 − p_e) (Cohen 1960) for two reviewers. Intervals are percentiles
over resampled items, as Zapf et al. (2016), BMC Medical Research Methodology 16:93, recommend.

Items with the same answers are exchangeable, so each different combination of answers is kept once with its
number: a resample then costs as much as there are combinations, however many items there are.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from windlass.errors import InputError
from windlass.evaluation.reviews.questions import Level

Floats = NDArray[np.float64]
_H = TypeVar("_H", bound=Hashable)

_RESAMPLES: Final = 1000
_FEWEST_ITEMS: Final = 2
_ALIKE: Final = 1e-12
"""Sums of the same shares differ by so little and no less, in whatever order they are added."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient of agreement: no value where it is undefined, no interval where resamples show no spread."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    """Items that two or more labelled."""


def raw_agreement(items: Sequence[Sequence[Hashable]], *, confidence: float = 0.95, seed: int = 0) -> Coefficient:
    """Return the share of equal pairs among the pairs of labels of an item, averaged over the items."""
    counts = Counter(tuple(map(_key, labels)) for labels in items if len(labels) > 1)
    if not counts:
        return Coefficient(None, None, None, 0)
    shares = np.array([_equal_share(labels) for labels in counts])
    weights = resampled_counts(counts, seed) / counts.total()
    observed = float(np.array(list(counts.values())) @ shares / counts.total())
    return coefficient_of(observed, weights @ shares, counts.total(), confidence)


def cohen_kappa(
    pairs: Sequence[tuple[Hashable, Hashable]], *, confidence: float = 0.95, seed: int = 0
) -> Coefficient:
    """Return Cohen's kappa of two reviewers on the items that both labelled.

    It is undefined where both always gave the same one answer: by chance alone they would agree as well.
    """
    counts = Counter(pairs)
    if not counts:
        return Coefficient(None, None, None, 0)
    codes = _codes(sorted({value for pair in counts for value in pair}, key=repr))
    tables = np.zeros((len(counts), len(codes), len(codes)))
    for number, (first, second) in enumerate(counts):
        tables[number, codes[_key(first)], codes[_key(second)]] = 1.0
    observed = np.array([list(counts.values())], dtype=np.float64)
    value = kappas_of(totals_of(observed, tables))[0]
    resampled = kappas_of(totals_of(resampled_counts(counts, seed), tables))
    return coefficient_of(float(value), resampled, counts.total(), confidence)


def krippendorff_alpha(
    items: Sequence[Sequence[Hashable]],
    values: Sequence[Hashable],
    level: Level,
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> Coefficient:
    """Return Krippendorff's alpha; ``values`` are all answers there are, in their order.

    It is undefined where only one answer was ever given. Raises InputError for a label that is none of the values,
    and for distances between values that are no numbers.
    """
    codes = _codes(values)
    counts = Counter(_combination(labels, codes) for labels in items if len(labels) > 1)
    if not counts:
        return Coefficient(None, None, None, 0)
    tables = np.stack([_coincidences(labels, len(codes)) for labels in counts])
    observed = np.array([list(counts.values())], dtype=np.float64)
    value = alphas_of(totals_of(observed, tables), values, level)[0]
    resampled = alphas_of(totals_of(resampled_counts(counts, seed), tables), values, level)
    return coefficient_of(float(value), resampled, counts.total(), confidence)


def alphas_of(tables: Floats, values: Sequence[Hashable], level: Level) -> Floats:
    """Return the alpha of each coincidence matrix; NaN where no disagreement can be expected."""
    totals = tables.sum(axis=2)
    n = totals.sum(axis=1)
    distances = _squared_distances(totals, values, level)
    observed = (tables * distances).sum(axis=(1, 2))
    expected = (totals[:, :, None] * totals[:, None, :] * distances).sum(axis=(1, 2))
    alpha = np.full(len(tables), np.nan)
    defined = expected > 0
    alpha[defined] = 1 - (n[defined] - 1) * observed[defined] / expected[defined]
    return alpha


def _squared_distances(totals: Floats, values: Sequence[Hashable], level: Level) -> Floats:
    size = totals.shape[1]
    if level == "nominal":
        return np.broadcast_to(1.0 - np.eye(size), (len(totals), size, size))
    if level == "interval":
        numbers = np.array([_number(value) for value in values])
        return np.broadcast_to((numbers[:, None] - numbers[None, :]) ** 2, (len(totals), size, size))
    # How many labels lie between two ranks, and half of those at either end: so far are their middles apart.
    middles = np.cumsum(totals, axis=1) - totals / 2
    distances: Floats = (middles[:, :, None] - middles[:, None, :]) ** 2
    return distances


def kappas_of(tables: Floats) -> Floats:
    """Return Cohen's kappa of each contingency table; NaN where chance alone would agree as well."""
    n = tables.sum(axis=(1, 2))
    observed = np.trace(tables, axis1=1, axis2=2) / n
    expected = (tables.sum(axis=2) * tables.sum(axis=1)).sum(axis=1) / n**2
    kappa = np.full(len(tables), np.nan)
    defined = expected < 1
    kappa[defined] = (observed[defined] - expected[defined]) / (1 - expected[defined])
    return kappa


def _coincidences(labels: Sequence[int], size: int) -> Floats:
    """Count the ordered pairs of an item's labels, so that each label counts once whatever their number."""
    counts = np.bincount(np.array(labels), minlength=size).astype(np.float64)
    pairs: Floats = (np.outer(counts, counts) - np.diag(counts)) / (len(labels) - 1)
    return pairs


def _combination(labels: Sequence[Hashable], codes: dict[Hashable, int]) -> tuple[int, ...]:
    try:
        return tuple(sorted(codes[_key(label)] for label in labels))
    except KeyError as error:
        raise InputError(f"The label {error.args[0][1]!r} is none of the answers that there are.") from error


def _codes(values: Sequence[Hashable]) -> dict[Hashable, int]:
    return {_key(value): code for code, value in enumerate(values)}


def _key(value: Hashable) -> tuple[str, Hashable]:
    """Tell yes from 1, which Python takes for equal."""
    return type(value).__name__, value


def _number(value: Hashable) -> float:
    if not isinstance(value, int | float):
        raise InputError(f"{value!r} is no number, so that its distance to others is not known.")
    return float(value)


def _equal_share(labels: Sequence[Hashable]) -> float:
    counts = Counter(labels)
    return sum(count * (count - 1) for count in counts.values()) / (len(labels) * (len(labels) - 1))


def totals_of(weights: Floats, tables: Floats) -> Floats:
    totals: Floats = np.tensordot(weights, tables, axes=1)
    return totals


def resampled_counts(counts: Counter[_H], seed: int) -> Floats:
    """Return, for each resample of the items, how often each combination came."""
    n = counts.total()
    shares = np.array(list(counts.values())) / n
    return np.random.default_rng(seed).multinomial(n, shares, size=_RESAMPLES).astype(np.float64)


def coefficient_of(value: float, resampled: Floats, n: int, confidence: float) -> Coefficient:
    """Return a coefficient with the percentiles of its resamples."""
    defined = resampled[~np.isnan(resampled)]
    if np.isnan(value):
        return Coefficient(None, None, None, n)
    # A single item, or labels that all agree: resamples show nothing else, and would claim certainty.
    if n < _FEWEST_ITEMS or defined.size == 0 or np.ptp(defined) <= _ALIKE:
        return Coefficient(value, None, None, n)
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Coefficient(value, float(low), float(high), n)
