"""The mean of a run's metric with its 95 % interval."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from windlass.evaluation.metrics.usage import AMOUNTS
from windlass.evaluation.samples import Item
from windlass.evaluation.statistics.bounded_rates import BoundedRate, bounded_rate
from windlass.evaluation.statistics.paired import (
    Floats,
    Interval,
    PairedDifference,
    mean_estimate,
    paired_difference,
)
from windlass.evaluation.statistics.rates import clopper_pearson

Codes = NDArray[np.int64]

_SEED: Final = 20_080_911


class RunMean(NamedTuple):
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    clusters: int | None = None
    effective_n: float | None = None


def run_mean(name: str, values: Sequence[float] | Floats, clusters: Sequence[int] | Codes | None) -> RunMean:
    """Return the mean with its interval, as far as there are any: that of a rate where every value is 0 or 1.

    An amount is no rate: that 90 answers cost nothing says nothing of one in ten that costs a dollar.
    """
    outcomes = np.asarray(values, dtype=np.float64)
    if not outcomes.size:
        return RunMean()
    is_rate = name not in AMOUNTS and bool(((outcomes == 0) | (outcomes == 1)).all())
    if clusters is not None:
        return _clustered(name, outcomes, np.asarray(clusters, dtype=np.int64), is_rate=is_rate)
    if is_rate:
        successes = int(outcomes.sum())
        return RunMean(successes / outcomes.size, *clopper_pearson(successes, outcomes.size))
    estimate = mean_estimate(outcomes, skewed=name in AMOUNTS)
    return RunMean(estimate.mean, estimate.low, estimate.high)


def clusters_of(items: Sequence[Item], field: str | None) -> dict[str, int] | None:
    """Return the number of each item's cluster; None where no field says what belongs together."""
    if field is None:
        return None
    numbers: dict[str, int] = {}
    return {item.id: numbers.setdefault(str(item.metadata.get(field)), len(numbers)) for item in items}


def _clustered(name: str, outcomes: Floats, codes: Codes, *, is_rate: bool) -> RunMean:
    mean = float(outcomes.mean())
    if is_rate:
        rate = bounded_rate(outcomes, codes)
        return _with(mean, rate.interval(), rate)
    pairs = paired_difference(
        np.zeros_like(outcomes), outcomes, codes, amount=True, skewed=name in AMOUNTS, seed=_SEED
    )
    interval = pairs.interval()
    return _with(mean, interval, pairs)


def _with(mean: float, interval: Interval | None, estimate: PairedDifference | BoundedRate) -> RunMean:
    low, high = interval if interval is not None else (None, None)
    return RunMean(mean, low, high, estimate.clusters, estimate.effective_n)
