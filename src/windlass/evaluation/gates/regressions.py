"""The items on which a candidate lost most."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from pydantic import BaseModel, Field

from windlass.evaluation.gates.aligned import Aligned
from windlass.evaluation.samples import SampleResult

WORST: Final = 10
"""So many are told of the first metric, and half as many of each other."""


class Regression(BaseModel):
    """An item whose value became worse."""

    metric: str
    item: str
    baseline: float
    candidate: float
    difference: float
    """candidate − baseline"""
    baseline_trace: str | None = Field(default=None, exclude_if=lambda value: value is None)
    candidate_trace: str | None = Field(default=None, exclude_if=lambda value: value is None)


def worst_regressions(
    aligned: Aligned, metrics: Sequence[str], higher_is_better: Mapping[str, bool]
) -> list[Regression]:
    """Return the greatest losses of each metric, the greatest first; equal ones in the order of the dataset."""
    return [
        found
        for place, metric in enumerate(metrics)
        for found in _worst(aligned, metric, WORST if place == 0 else WORST // 2, higher_is_better[metric])
    ]


def _worst(aligned: Aligned, metric: str, most: int, higher_is_better: bool) -> list[Regression]:
    before, after = aligned.pair(metric)
    losses = np.nan_to_num((before - after) if higher_is_better else (after - before), nan=0.0)
    # Stable: equal losses stay in the order of the dataset.
    places = np.argsort(-losses, kind="stable")[:most]
    return [
        Regression(
            metric=metric,
            item=aligned.items[place].id,
            baseline=float(before[place]),
            candidate=float(after[place]),
            difference=float(after[place] - before[place]),
            baseline_trace=_trace(aligned.samples(place)[0]),
            candidate_trace=_trace(aligned.samples(place)[1]),
        )
        for place in map(int, places)
        if losses[place] > 0
    ]


def _trace(result: SampleResult | None) -> str | None:
    return (result.trace_id or None) if result is not None else None
