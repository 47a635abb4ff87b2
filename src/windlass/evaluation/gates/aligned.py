"""The values of two runs, item by item: what every comparison of them starts from."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from windlass.errors import InputError
from windlass.evaluation.items_by_id import VersionItems, metadata_of
from windlass.evaluation.numbering import numbered
from windlass.evaluation.result_columns import Results, failed_shares_of, values_of
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.statistics.paired import Floats

Mask = NDArray[np.bool_]


class Pair(NamedTuple):
    """A metric of both runs, in the order of the items; NaN where there is no value."""

    before: Floats
    after: Floats

    @property
    def has_before(self) -> Mask:
        return ~np.isnan(self.before)

    @property
    def has_after(self) -> Mask:
        return ~np.isnan(self.after)

    @property
    def both(self) -> Mask:
        return self.has_before & self.has_after


class Aligned:
    """Two runs on the same items."""

    def __init__(self, baseline: Results, candidate: Results, items: Mapping[str, Item]) -> None:
        self.baseline = baseline
        self.candidate = candidate
        version = items if isinstance(items, VersionItems) else None
        self.items: Sequence[Item] = version.in_order if version else list(items.values())
        self._ids: Sequence[str] = version.ids if version else list(items)
        self._pairs: dict[str, Pair] = {}
        self._clusters: dict[str, NDArray[np.int64]] = {}

    @cached_property
    def everything(self) -> Mask:
        return np.ones(len(self.items), dtype=bool)

    def pair(self, metric: str) -> Pair:
        if metric not in self._pairs:
            before, after = (values_of(each, self._ids, metric) for each in (self.baseline, self.candidate))
            self._pairs[metric] = Pair(before, after)
        return self._pairs[metric]

    def failed_shares(self) -> Pair:
        """Return what share of each item's repeats failed."""
        return Pair(failed_shares_of(self.baseline, self._ids), failed_shares_of(self.candidate, self._ids))

    def names(self, used: Mask) -> list[str]:
        """Return the ids of the items in use."""
        return [item for item, is_used in zip(self._ids, used.tolist(), strict=True) if is_used]

    def samples(self, place: int) -> tuple[SampleResult | None, SampleResult | None]:
        """Return what both runs made of the item at a place."""
        item = self._ids[place]
        return self.baseline.get(item), self.candidate.get(item)

    def clusters(self, field: str | None, used: Mask) -> NDArray[np.int64] | None:
        """Return which cluster each item in use belongs to. Raises InputError for one without such metadata."""
        if field is None:
            return None
        if field not in self._clusters:
            values = (metadata.get(field) for metadata in metadata_of(self.items))
            texts = (None if value is None else str(value) for value in values)
            self._clusters[field] = numbered(texts, len(self.items))
        codes = self._clusters[field][used]
        if (codes < 0).any():
            lacking = self.items[int(np.flatnonzero(used)[int(np.argmax(codes < 0))])]
            raise InputError(
                f"The gate's items belong together by {field!r}, but the item {lacking.id!r} has no such "
                "metadata: add it to the dataset, or take 'cluster' out of the rule."
            )
        return codes
