"""Slices: the items that share a value of a metadata field, and what changed on each of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from pydantic import BaseModel

from windlass.errors import InputError
from windlass.evaluation.gates.aligned import Aligned, Mask
from windlass.evaluation.gates.comparisons import SEED, Comparison, SliceName, compare
from windlass.evaluation.gates.rules import GateRule
from windlass.evaluation.grouping import field_of, grouping_fields
from windlass.evaluation.metrics.usage import AMOUNTS
from windlass.evaluation.ranges import NO_RANGES, Range, of_differences, range_of
from windlass.evaluation.statistics.discoveries import benjamini_hochberg
from windlass.evaluation.statistics.paired import paired_difference

_DISCOVERY: Final = 0.05


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
        masks = dict(field_of(aligned.items, each.by).groups())
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
    bounds = {
        metric: of_differences(range_of(metric, *aligned.pair(metric), declared=declared)) for metric in metrics
    }
    rows = [
        row
        for name, within in _slices(aligned, fields)
        for metric in metrics
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


def _slices(aligned: Aligned, fields: Iterable[str]) -> Iterator[tuple[SliceName, Mask]]:
    grouping = grouping_fields(aligned.items)
    for name in dict.fromkeys([*fields, *grouping]):
        for group in (grouping.get(name) or field_of(aligned.items, name)).groups():
            yield SliceName(name, group.name), group.items


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
