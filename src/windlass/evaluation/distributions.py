"""How the values of a run's metric lie: a mean of 0.5 is one thing where all are, and another where half are 0."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from pydantic import BaseModel

from windlass.evaluation.metrics.usage import AMOUNTS
from windlass.evaluation.run_scores import Floats, RunScores

MOST_VALUES: Final = 12
"""A metric of more values than these is drawn in ranges of values."""
_BINS: Final = 20


class Bin(BaseModel):
    """Items whose value lies from `low` to below `high`, in the last bin to `high`; or is that one value."""

    low: float
    high: float
    n: int


class Distribution(BaseModel):
    """How a metric lies over the items of a run that have a value; of repeats the mean counts."""

    metric: str
    n: int
    bins: list[Bin]
    """A bin for each value of a metric with at most 12; else 20 of one width, over 0 to 1 where all values lie
    there."""
    least: float | None = None
    p5: float | None = None
    median: float | None = None
    p95: float | None = None
    greatest: float | None = None


def distributions(scores: RunScores, metrics: Iterable[str]) -> list[Distribution]:
    return [distribution(metric, scores.by_item(metric)) for metric in metrics]


def distribution(metric: str, by_item: Floats) -> Distribution:
    """Return how values lie; NaN is none."""
    values = by_item[~np.isnan(by_item)]
    if not values.size:
        return Distribution(metric=metric, n=0, bins=[])
    least, p5, median, p95, greatest = np.percentile(values, [0, 5, 50, 95, 100]).tolist()
    return Distribution(
        metric=metric,
        n=values.size,
        bins=_bins(values, within_one=metric not in AMOUNTS),
        least=least,
        p5=p5,
        median=median,
        p95=p95,
        greatest=greatest,
    )


def _bins(values: Floats, *, within_one: bool) -> list[Bin]:
    distinct, counts = np.unique(values, return_counts=True)
    if distinct.size <= MOST_VALUES:
        pairs = zip(distinct.tolist(), counts.tolist(), strict=True)
        return [Bin(low=value, high=value, n=count) for value, count in pairs]
    ends = (distinct[0], distinct[-1])
    if within_one and ends[0] >= 0 and ends[1] <= 1:
        ends = (0.0, 1.0)
    found, edges = np.histogram(values, _BINS, ends)
    triples = zip(edges[:-1].tolist(), edges[1:].tolist(), found.tolist(), strict=True)
    return [Bin(low=low, high=high, n=count) for low, high, count in triples]
