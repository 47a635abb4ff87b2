"""The values of two runs side by side, cluster by cluster in the order of looking."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from windlass.errors import InputError
from windlass.evaluation.metrics.usage import AMOUNTS
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.sequential.order import Plan

Floats = NDArray[np.float64]
Results = Mapping[str, SampleResult]

_UNIT = (0.0, 1.0)


@dataclass(frozen=True)
class PairedClusters:
    """Of each cluster the differences candidate − baseline summed, and how many items have a value where."""

    sums: Floats
    sizes: Floats
    """Items with a value in both runs."""
    missing: Floats
    """Items with a value in one run only."""


def pair(
    plan: Plan,
    clusters: int,
    baseline: Results,
    candidate: Results,
    value: Callable[[SampleResult], float | None],
) -> PairedClusters:
    """Line up what two runs made of the first clusters."""
    sums, sizes, missing = (np.zeros(clusters) for _ in range(3))
    for place, members in enumerate(plan.clusters[:clusters]):
        for item in members:
            before, after = _value(baseline, item, value), _value(candidate, item, value)
            if before is not None and after is not None:
                sums[place] += after - before
                sizes[place] += 1
            elif before is not None or after is not None:
                missing[place] += 1
    return PairedClusters(sums, sizes, missing)


def value_of(metric: str, bounds: tuple[float, float] | None) -> Callable[[SampleResult], float | None]:
    """Return what reads a metric of a sample; it raises InputError for a value beyond the bounds."""

    def read(result: SampleResult) -> float | None:
        judgement = result.judgements.get(metric)
        value = judgement.value if judgement else None
        if value is not None and bounds is not None and not bounds[0] <= value <= bounds[1]:
            raise InputError(
                f"{metric} of the item {result.item!r} is {value:g}, beyond the range from {bounds[0]:g} to "
                f"{bounds[1]:g} that the gate bets on: declare the range that it can have, as in sequential: "
                f"{{ranges: {{{metric}: [0, {max(abs(value), 1):g}]}}}}."
            )
        return value

    return read


def bounds_of(metric: str, ranges: Mapping[str, Sequence[float]]) -> tuple[float, float] | None:
    """Return the bounds of a metric's values: declared, or 0 and 1; None for an amount without any."""
    declared = ranges.get(metric)
    if declared is not None:
        return declared[0], declared[1]
    return None if metric in AMOUNTS else _UNIT


def _value(results: Results, item: Item, value: Callable[[SampleResult], float | None]) -> float | None:
    result = results.get(item.id)
    return None if result is None else value(result)
