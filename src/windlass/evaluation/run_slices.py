"""Slices of one run: the mean of a metric over the items that share a split, or a value of a metadata field."""

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, Field

from windlass.evaluation.grouping import Group, grouping_fields
from windlass.evaluation.run_means import Codes, run_mean
from windlass.evaluation.run_scores import Floats
from windlass.evaluation.samples import Item
from windlass.evaluation.score_summaries import cluster_codes


class SliceMean(BaseModel):
    """A metric over the items of a slice, with the 95 % interval of that slice alone."""

    field: str
    value: str
    metric: str
    n: int
    missing: int
    """Items of the slice without a value."""
    mean: float | None
    low: float | None
    high: float | None
    clusters: int | None = Field(default=None, exclude_if=lambda value: value is None)
    """Of a run with a cluster: how many of them have a value in the slice."""


def slice_means(
    items: Sequence[Item], by_item: Floats, metric: str, *, higher_is_better: bool, cluster: str | None = None
) -> list[SliceMean]:
    """Return a metric on each slice; the slices of a field stand together, the worst first, those without last."""
    clusters = cluster_codes(items, cluster)
    return [
        row
        for field, groups in grouping_fields(items, split=True).items()
        for row in sorted(
            (_mean(field, group, by_item, metric, clusters) for group in groups.groups()),
            key=lambda row: (row.mean is None, (row.mean or 0.0) * (1 if higher_is_better else -1), row.value),
        )
    ]


def _mean(field: str, group: Group, by_item: Floats, metric: str, clusters: Codes | None) -> SliceMean:
    there = group.items & ~np.isnan(by_item)
    mean = run_mean(metric, by_item[there], None if clusters is None else clusters[there])
    return SliceMean(
        field=field,
        value=group.name,
        metric=metric,
        n=int(there.sum()),
        missing=int(group.items.sum() - there.sum()),
        mean=mean.mean,
        low=mean.low,
        high=mean.high,
        clusters=mean.clusters,
    )
