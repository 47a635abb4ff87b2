"""Slices of one run: the mean of a metric over the items that share a value of a metadata field.

What groups items is what groups them where two runs are compared (``gates.grouping``), and the split besides.
Items are gone through once, so that it takes the memory of their places, whatever else they hold.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
from pydantic import BaseModel, Field

from windlass.evaluation.gates.grouping import MOST_FIELDS, MOST_VALUES, names_of
from windlass.evaluation.run_means import run_mean
from windlass.evaluation.run_scores import Floats
from windlass.evaluation.samples import Item

_SPLIT = "split"


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


class Groups:
    """Which items of a run share what, by metadata field and value."""

    def __init__(self, items: Iterable[Item], cluster: str | None = None) -> None:
        self.clusters: array[int] | None = None if cluster is None else array("q")
        self._found: dict[str, dict[str, array[int]]] = {}
        self._counts: Counter[str] = Counter()
        self._left_out: set[str] = set()
        numbers: dict[str, int] = {}
        for place, item in enumerate(items):
            for field, value in {_SPLIT: item.split or None, **item.metadata}.items():
                self._add(field, value, place)
            if self.clusters is not None:
                self.clusters.append(numbers.setdefault(str(item.metadata.get(str(cluster))), len(numbers)))

    @property
    def by_field(self) -> Mapping[str, Mapping[str, "array[int]"]]:
        """The places of the items with each value, of the fields of few values with two items and more to each."""
        grouping = [field for field, groups in self._found.items() if 2 <= len(groups) <= self._counts[field] / 2]
        # The split comes first of all, and is none of those that are counted.
        most = MOST_FIELDS + (_SPLIT in grouping)
        return {field: self._found[field] for field in grouping[:most]}

    def _add(self, field: str, value: object, place: int) -> None:
        if value is None or field in self._left_out:
            return
        names = names_of(value)
        groups = self._found.setdefault(field, {})
        for name in names:
            groups.setdefault(name, array("q")).append(place)
        self._counts[field] += 1
        if not names or len(groups) > MOST_VALUES:
            self._left_out.add(field)
            del self._found[field]


def slice_means(groups: Groups, by_item: Floats, metric: str, *, higher_is_better: bool) -> list[SliceMean]:
    """Return a metric on each slice; the slices of a field stand together, the worst first, those without last."""
    return [
        row
        for field, slices in groups.by_field.items()
        for row in sorted(
            (_mean(field, value, places, by_item, metric, groups.clusters) for value, places in slices.items()),
            key=lambda row: (row.mean is None, (row.mean or 0.0) * (1 if higher_is_better else -1), row.value),
        )
    ]


def _mean(
    field: str, value: str, places: "array[int]", by_item: Floats, metric: str, clusters: "array[int] | None"
) -> SliceMean:
    at = np.frombuffer(places, dtype=np.int64)
    there = at[~np.isnan(by_item[at])]
    of_items = None if clusters is None else np.frombuffer(clusters, dtype=np.int64)[there].tolist()
    mean = run_mean(metric, by_item[there].tolist(), of_items)
    return SliceMean(
        field=field,
        value=value,
        metric=metric,
        n=there.size,
        missing=at.size - there.size,
        mean=mean.mean,
        low=mean.low,
        high=mean.high,
        clusters=mean.clusters,
    )
