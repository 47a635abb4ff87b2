"""Slices: the items that share a value of a metadata field, and what changed on each of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from pydantic import BaseModel

from windlass.errors import InputError
from windlass.evaluation.gates.aligned import Aligned, Mask
from windlass.evaluation.gates.comparisons import SEED, Comparison, SliceName, compare
from windlass.evaluation.gates.rules import GateRule
from windlass.evaluation.metrics.usage import AMOUNTS
from windlass.evaluation.ranges import NO_RANGES, Range, of_differences, range_of
from windlass.evaluation.samples import Item
from windlass.evaluation.statistics.discoveries import benjamini_hochberg
from windlass.evaluation.statistics.paired import paired_difference

MOST_VALUES: Final = 50
"""A field of more values is no grouping that anybody reads."""
MOST_FIELDS: Final = 8

_MOST_ASKED = 1000
_LONGEST = 100
_DISCOVERY = 0.05


class SliceDifference(BaseModel):
    """What changed on the items of a slice: candidate − baseline. Exploratory: confirm it on fresh data."""

    field: str
    value: str
    metric: str
    higher_is_better: bool
    n: int
    """Pairs in the slice."""
    clusters: int
    baseline_mean: float
    candidate_mean: float
    difference: float
    low: float | None
    """Of the 95 % interval of this slice alone."""
    high: float | None
    p_value: float | None
    """Two-sided, against no difference; None where there are too few items for any test."""
    adjusted_p: float | None
    """By Benjamini and Hochberg over the whole report: up to 0.05 it is a discovery."""

    @property
    def gain(self) -> float:
        """The difference, turned so that more is better."""
        return self.difference if self.higher_is_better else -self.difference

    @property
    def is_discovered_loss(self) -> bool:
        return self.gain < 0 and self.adjusted_p is not None and self.adjusted_p <= _DISCOVERY


class AskedSlice(NamedTuple):
    """A slice that a rule makes a guardrail of."""

    compared: Comparison
    blocking: bool


def asked_slices(aligned: Aligned, rule: GateRule, higher_is_better: Mapping[str, bool]) -> list[AskedSlice]:
    """Return every slice that the rule asks about, with its numbers.

    Raises InputError for a field or a value that no item has.
    """
    found = []
    for each in rule.slices:
        masks = masks_of(aligned.items, each.by)
        if not masks:
            raise InputError(f"The gate's slices are by {each.by!r}, which no item has in its metadata.")
        for value in each.values or masks:
            if value not in masks:
                raise InputError(
                    f"The gate asks about the slice {each.by}={value}, which has no item; there are "
                    f"{', '.join(list(masks)[:20])}."
                )
            compared = compare(
                each.requirement,
                "guardrail",
                aligned,
                rule=rule,
                higher_is_better=higher_is_better,
                of_slice=SliceName(each.by, value),
                within=masks[value],
            )
            found.append(AskedSlice(compared, compared.coverage.both >= (each.min_items or 0)))
    return found


def slice_report(
    aligned: Aligned,
    metrics: Sequence[str],
    higher_is_better: Mapping[str, bool],
    *,
    fields: Iterable[str] = (),
    cluster: str | None = None,
    declared: Mapping[str, Sequence[float]] = NO_RANGES,
) -> list[SliceDifference]:
    """Return what changed on every slice by the fields given, and by those of the items that group them.

    The rows of a metric stand together: first the losses that are discoveries, then the others; the greatest loss
    first of either. ``declared`` are ranges of metrics that do not lie between 0 and 1.
    """
    slices = _slices(aligned, fields)
    bounds = {
        metric: of_differences(range_of(metric, *aligned.pair(metric), declared=declared)) for metric in metrics
    }
    rows = [
        row
        for metric in metrics
        for name, within in slices
        if (
            row := _row(
                name, within, metric, aligned, cluster, bounds[metric], higher_is_better=higher_is_better[metric]
            )
        )
    ]
    tested = [row for row in rows if row.p_value is not None]
    for row, adjusted in zip(tested, benjamini_hochberg([row.p_value or 0.0 for row in tested]), strict=True):
        row.adjusted_p = adjusted
    order = {metric: place for place, metric in enumerate(metrics)}
    return sorted(rows, key=lambda row: (order[row.metric], not row.is_discovered_loss, row.gain))


def grouping_fields(items: Sequence[Item]) -> list[str]:
    """Return the metadata fields that put items into groups: few values, and two items and more to each."""
    fields = dict.fromkeys(field for item in items for field in item.metadata)
    return [field for field in fields if _groups(items, field)][:MOST_FIELDS]


def masks_of(items: Sequence[Item], field: str) -> dict[str, Mask]:
    """Return which items have each value of a field, in the order of the values.

    Raises InputError for more values than anybody can hold apart.
    """
    values = _values(items, field)
    numbers = {value: number for number, value in enumerate(dict.fromkeys(values))}
    if len(numbers) > _MOST_ASKED:
        raise InputError(
            f"{field!r} has {len(numbers):,} values, too many for slices; group the items by a field of fewer."
        )
    codes = np.array([numbers[value] for value in values], dtype=np.int64)
    masks: dict[str, Mask] = {}
    for value, number in numbers.items():
        for name in names_of(value):
            masks[name] = masks.get(name, False) | (codes == number)
    return {name: masks[name] for name in sorted(masks)}


def _groups(items: Sequence[Item], field: str) -> bool:
    values = [value for value in _values(items, field) if value is not None]
    names = [names_of(value) for value in dict.fromkeys(values)]
    distinct = {name for of_value in names for name in of_value}
    return all(names) and 2 <= len(distinct) <= min(MOST_VALUES, len(values) / 2)


def _values(items: Sequence[Item], field: str) -> list[Any]:
    """Return what each item has in a field; of a list the names in it, and nothing of what has none."""
    values = [item.metadata.get(field) for item in items]
    return [names_of(value) if isinstance(value, list | dict) else value for value in values]


def _slices(aligned: Aligned, fields: Iterable[str]) -> list[tuple[SliceName, Mask]]:
    chosen = dict.fromkeys([*fields, *grouping_fields(aligned.items)])
    return [
        (SliceName(field, value), mask)
        for field in chosen
        for value, mask in masks_of(aligned.items, field).items()
    ]


def _row(
    name: SliceName,
    within: Mask,
    metric: str,
    aligned: Aligned,
    cluster: str | None,
    bounds: Range | None,
    *,
    higher_is_better: bool,
) -> SliceDifference | None:
    pair = aligned.pair(metric)
    used = pair.both & within
    before, after = pair.before[used], pair.after[used]
    if not before.size:
        return None
    clusters = aligned.clusters(cluster, used)
    pairs = paired_difference(
        before, after, clusters, amount=metric in AMOUNTS, bounds=bounds, skewed=bounds is None, seed=SEED
    )
    interval = pairs.interval()
    return SliceDifference(
        field=name.field,
        value=name.value,
        metric=metric,
        higher_is_better=higher_is_better,
        n=pairs.n,
        clusters=pairs.clusters,
        baseline_mean=float(before.mean()),
        candidate_mean=float(after.mean()),
        difference=pairs.difference,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        p_value=pairs.p_two_sided(),
        adjusted_p=None,
    )


def names_of(value: object) -> tuple[str, ...]:
    """Return the slices that a value of metadata puts an item into: one, or of a list one for each entry."""
    if isinstance(value, list | tuple):
        return tuple(dict.fromkeys(name for each in value for name in names_of(each)))
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, int):
        return (str(value),)
    return (value,) if isinstance(value, str) and 0 < len(value) <= _LONGEST else ()
