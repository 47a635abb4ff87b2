"""Prediction-powered inference: what people say of some items, made surer by what a judge says of all.

Notation: Y_i is the human label of an item and f_i what the judge says of it; n items have both, N items have f
alone (the labelled ones are not among them). θ = λ·mean_N(f) + mean_n(Y − λf) estimates the mean of Y without
bias whatever the judge is worth, as long as it was chance that decided which items people labelled: what the judge
gets wrong is measured on the n and taken off the N. λ weighs the judge: Cov(Y, f) / ((1 + n/N) Var f), clipped to
[0, 1], has the least variance, and nears 0 for a judge that knows nothing (Angelopoulos, Duchi and Zrnic 2023,
"PPI++").
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from windlass.errors import InputError
from windlass.evaluation.statistics.paired import (
    Clusters,
    Floats,
    Interval,
    normal_quantile,
    t_cumulative,
    t_quantile,
)
from windlass.evaluation.statistics.rates import exact_interval

_Codes = NDArray[np.int64]
_Mask = NDArray[np.bool_]

_FEWEST = 3
"""Labels that can tell both a mean and a weight; with fewer the labels stand alone."""


@dataclass(frozen=True)
class PredictionPowered:
    """A mean of human labels corrected by a judge, or of their paired differences, and how sure it is.

    The variance is Var(Y − λf)/n + λ² Var(f)/N. In clusters it is that of the sums of both terms within each, so
    that a cluster whose items are partly labelled counts once. The interval is Student's with a degree of freedom
    for each labelled cluster, less one for the mean and one for λ, which is chosen from the same labels; their
    residual variance is divided accordingly. A share of yes gets Clopper and Pearson's for so many trials as would
    be as sure (Korn and Graubard 1998): Student's held it 90 % of the time where nearly all labels are the same. A
    difference of yes and no is tested as if one pair more had been gained and one lost, as Bonett and Price (2012)
    do without a judge: of fifty labels few differ, and a gate at 2.5 % passed what it should not up to 14 % of the
    time.
    """

    estimate: float
    weight: float
    """λ: how much the judge counts, from 0 (not at all) to 1."""
    standard_error: float | None
    """None for fewer than two labelled clusters."""
    df: int
    labelled: int
    unlabelled: int
    clusters: int
    """With a labelled item."""
    alone: float
    """The mean of the human labels by themselves."""
    alone_error: float | None
    """Its standard error."""
    value_range: float
    """What one label could change at most, as far as seen."""
    is_share: bool
    """Whether every label is 0 or 1, so that the estimate is a share."""
    is_lumpy: bool
    """Whether every label is a difference of yes and no: 0, or all that there can be."""

    @property
    def effective_labels(self) -> float | None:
        """Return how many human labels alone would be as sure: n · Var(mean of Y) / Var(θ)."""
        if not self.standard_error or not self.alone_error:
            return None
        return self.labelled * (self.alone_error / self.standard_error) ** 2

    @property
    def constant(self) -> bool:
        """Whether every label says the same, so that they give no standard error."""
        return self.standard_error is not None and self.standard_error <= 1e-12 * max(self.value_range, 1e-300)

    def interval(self, confidence: float = 0.95) -> Interval | None:
        """Return the two-sided interval; None where there are too few labels for any.

        Labels that are all the same give no certainty: the share of clusters that could have been otherwise is
        bounded as ``PairedDifference.interval`` bounds it.
        """
        if self.standard_error is None or self.df < 1:
            return None
        tail = (1 - confidence) / 2
        if self.constant:
            reach = self.value_range * (1 - tail ** (1 / self.clusters))
        elif self.is_share:
            share, trials = min(1.0, max(0.0, self.estimate)), self._trials(tail)
            return exact_interval(share * trials, trials, confidence)
        else:
            reach = t_quantile(1 - tail, self.df) * self._tested_error
        low, high = self.estimate - reach, self.estimate + reach
        return Interval(max(0.0, low), min(1.0, high)) if self.is_share else Interval(low, high)

    @property
    def _tested_error(self) -> float:
        assert self.standard_error is not None
        unseen = 2 * self.value_range**2 / (self.clusters * (self.clusters + 2)) if self.is_lumpy else 0.0
        return math.sqrt(self.standard_error**2 + unseen)

    def _trials(self, tail: float) -> float:
        """Return how many independent answers of yes and no would be as sure, corrected for few labels."""
        assert self.standard_error is not None
        spread = self.estimate * (1 - self.estimate)
        trials = max(1.0, spread / self.standard_error**2)
        return trials * (normal_quantile(1 - tail) / t_quantile(1 - tail, self.df)) ** 2

    def p_beyond(self, distance: float) -> float | None:
        """Return the one-sided p value of an estimate that lies ``distance`` beyond what is to be refuted."""
        if self.standard_error is None or self.df < 1:
            return None
        if not self.constant:
            return t_cumulative(-distance / self._tested_error, self.df)
        if distance <= 0:
            return 1.0
        return 0.0 if distance >= self.value_range else float((1 - distance / self.value_range) ** self.clusters)


def prediction_powered(
    labels: Sequence[float | None],
    predictions: Sequence[float] | Floats,
    clusters: Clusters | None = None,
    *,
    weight: float | None = None,
    value_range: float | None = None,
    is_difference: bool = False,
) -> PredictionPowered:
    """Estimate the mean of all labels, had people given each; None is one that nobody gave.

    ``predictions`` are the judge's, of every item; ``weight`` fixes λ instead of choosing it, ``value_range`` says
    what one label could change, where the values do not show it. A difference is no share, though it be 0 or 1 on
    every item. Raises InputError for series of different lengths,
    and where nothing is labelled.
    """
    if len(labels) != len(predictions) or (clusters is not None and len(clusters) != len(labels)):
        raise InputError(
            f"Labels and judgements must be of the same items; there are {len(labels)} and {len(predictions)}."
        )
    there = np.array([label is not None for label in labels], dtype=bool)
    if not there.any():
        raise InputError("No item has a human label; without any there is nothing to correct a judge by.")
    judged = np.asarray(predictions, dtype=np.float64)
    said = np.array([label for label in labels if label is not None], dtype=np.float64)
    if not (np.isfinite(judged).all() and np.isfinite(said).all()):
        raise InputError("A label or a judgement is not a finite number; leave its item out.")
    beside, others = judged[there], judged[~there]
    chosen = best_weight(said, beside, others) if weight is None else weight
    estimated = weight is None and 0 < chosen < 1
    groups: _Codes = np.arange(judged.size, dtype=np.int64) if clusters is None else _codes(clusters)
    count = int(np.unique(groups[there]).size)
    reach = _range(said, judged) if value_range is None else value_range
    return PredictionPowered(
        estimate=_estimate(said, beside, others, chosen),
        weight=chosen,
        standard_error=_error(said - chosen * beside, chosen * others, groups, there, lost=1 + estimated),
        df=count - 1 - estimated,
        labelled=int(said.size),
        unlabelled=int(others.size),
        clusters=count,
        alone=float(said.mean()),
        alone_error=_error(said, 0 * others, groups, there, lost=1),
        value_range=reach,
        is_share=not is_difference and bool(np.isin(said, (0.0, 1.0)).all()),
        is_lumpy=is_difference and bool(np.isin(np.abs(said), (0.0, reach)).all()),
    )


def best_weight(labels: Floats, beside: Floats, others: Floats) -> float:
    """Return λ of least variance for independent items, from 0 to 1.

    Any λ leaves the estimate without bias, so that in clusters this one does as well, if not best of all.
    """
    if labels.size < _FEWEST or others.size < 2:
        return 0.0
    spread = float(np.concatenate([beside, others]).var(ddof=1))
    if spread == 0:
        return 0.0
    covariance = float(((labels - labels.mean()) * (beside - beside.mean())).mean())
    return min(1.0, max(0.0, covariance / ((1 + labels.size / others.size) * spread)))


def _estimate(labels: Floats, beside: Floats, others: Floats, weight: float) -> float:
    of_others = weight * float(others.mean()) if others.size else 0.0
    return of_others + float((labels - weight * beside).mean())


def _error(residuals: Floats, predicted: Floats, groups: _Codes, there: _Mask, *, lost: int) -> float | None:
    """Return the standard error of mean(residuals) + mean(predicted), by what each cluster adds to either.

    ``lost`` is how many degrees of freedom the residuals have lost.
    """
    count = int(groups.max()) + 1
    of_labels = _shares(residuals, groups[there], count, lost)
    of_others = _shares(predicted, groups[~there], count, 1) if predicted.any() else np.zeros(count)
    if of_labels is None or of_others is None:
        return None
    return math.sqrt(float(((of_labels + of_others) ** 2).sum()))


def _shares(values: Floats, groups: _Codes, count: int, lost: int) -> Floats | None:
    """Return what each cluster adds to the mean's deviation, scaled so that the squares sum to its variance."""
    clusters = int(np.unique(groups).size)
    if clusters <= lost:
        return None
    sums = np.bincount(groups, weights=values - values.mean(), minlength=count)
    scaled: Floats = sums * math.sqrt(clusters / (clusters - lost)) / values.size
    return scaled


def _range(labels: Floats, predictions: Floats) -> float:
    # Of yes and no the other answer is known, though it was never given.
    if np.isin(labels, (0.0, 1.0)).all():
        return 1.0
    both = np.concatenate([labels, predictions])
    return float(both.max() - both.min())


def _codes(clusters: Clusters) -> _Codes:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(cluster, len(numbers)) for cluster in clusters], dtype=np.int64)
