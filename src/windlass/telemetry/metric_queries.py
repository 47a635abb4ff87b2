"""What a metric amounts to in a time range, by the values of some attributes."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, TypedDict

from pydantic import BaseModel, Field, JsonValue

from windlass.errors import InputError
from windlass.storage.warehouse import Row, Warehouse
from windlass.telemetry.buckets import Buckets, Part, estimate_quantiles, parts_of
from windlass.telemetry.metric_exemplars import MetricExemplar, newest_exemplars
from windlass.telemetry.metric_points import TABLE
from windlass.telemetry.otlp.metrics import Kind
from windlass.telemetry.summaries import LATEST_NS, instant, integer, nanoseconds_of
from windlass.telemetry.values import decode_attributes, decode_value

QUANTILES: Final = (0.5, 0.9, 0.95, 0.99)

_MOST_SERIES: Final = 10_000
_MOST_EXEMPLARS: Final = 10
_LOOK_BACK_NS: Final = 24 * 3600 * 10**9
"""How long before a time range the last report of a running total is looked for; exporters report every minute."""


class SummaryQuantiles(BaseModel):
    """What a summary said last: quantiles of a time that its application chose."""

    attributes: dict[str, JsonValue]
    """Of its series."""
    time: datetime
    quantiles: dict[str, float]


class MetricGroup(BaseModel):
    """What the series of one group amount to in a time range."""

    attributes: dict[str, str]
    """What was grouped by; empty where a series has no such attribute."""
    kind: Kind
    unit: str
    series: int
    points: int
    value: float | None
    """Of a gauge the latest value, of a sum its increase; of a sum that may fall, its latest values together."""
    count: int | None
    """Of a histogram or a summary: how many numbers were recorded."""
    sum: float | None
    min: float | None
    """Of gauges and histograms, where it is known."""
    max: float | None
    estimated_quantiles: dict[str, float] = Field(default_factory=dict)
    """Of a histogram, by quantile. Estimates: inside a bucket, numbers are taken to be spread evenly."""
    summaries: list[SummaryQuantiles] = Field(default_factory=list)
    """Of summaries, series by series: quantiles of several cannot be added up."""
    exemplars: list[MetricExemplar] = Field(default_factory=list)
    """The newest single measurements that were sent along, at most 10."""


def read_metric(
    warehouse: Warehouse,
    project: str,
    name: str,
    *,
    since: datetime,
    until: datetime,
    group_by: Sequence[str] = (),
) -> list[MetricGroup]:
    """Return what a metric amounts to in [since, until), by the values of attributes of its points or resources.

    Raises InputError for more series than can be added up at once.
    """
    rows = warehouse.query(
        _SERIES,
        {
            "project": project,
            "name": name,
            "since": nanoseconds_of(since),
            "until": nanoseconds_of(until),
            "earliest": max(nanoseconds_of(since) - _LOOK_BACK_NS, -LATEST_NS),
            "most": _MOST_SERIES + 1,
        },
    )
    if len(rows) > _MOST_SERIES:
        raise InputError(
            f"The metric {name!r} has more than {_MOST_SERIES} series in this time range: ask for a shorter one."
        )
    groups: dict[_Key, list[_Series]] = defaultdict(list)
    for row in rows:
        series = _series(row, nanoseconds_of(since))
        groups[_key(row, group_by)].append(series)
    exemplars = newest_exemplars(warehouse, project, name, nanoseconds_of(since), nanoseconds_of(until))
    return [_group(key, group_by, groups[key], exemplars) for key in sorted(groups)]


_STATE: Final = "(value, count, sum, min, max, bounds, buckets)"
_SERIES: Final = f"""
SELECT kind, unit, cumulative, monotonic, series, any(attributes) AS attributes, any(resource) AS resource,
  start_ns, argMaxIf((quantiles, quantile_values), time_ns, is_in) AS last_quantiles,
  countIf(is_in) AS points, maxIf(time_ns, is_in) AS last_ns,
  argMaxIf({_STATE}, time_ns, is_in) AS last, argMinIf({_STATE}, time_ns, is_in) AS first,
  argMaxIf({_STATE}, time_ns, NOT is_in) AS before, countIf(NOT is_in) AS points_before,
  sumIf(value, is_in) AS total_value, minIf(value, is_in) AS least_value, maxIf(value, is_in) AS greatest_value,
  sumIf(count, is_in) AS total_count, sumIf(sum, is_in) AS total_sum, minIf(min, is_in) AS least,
  maxIf(max, is_in) AS greatest, sumForEachIf(buckets, is_in) AS total_buckets
FROM (
  SELECT kind, unit, cumulative, monotonic, attributes, resource, series, if(cumulative, start_ns, 0) AS start_ns,
    time_ns, value, count, sum, min, max, bounds, buckets, quantiles, quantile_values,
    time_ns >= {{since:Int64}} AS is_in
  FROM {TABLE} FINAL
  WHERE project = {{project:String}} AND name = {{name:String}}
    AND time_ns >= {{earliest:Int64}} AND time_ns < {{until:Int64}} AND (cumulative OR is_in)
)
GROUP BY kind, unit, cumulative, monotonic, series, start_ns, if(cumulative, [], bounds)
HAVING points > 0 LIMIT {{most:UInt32}}
"""


@dataclass(frozen=True)
class _State:
    value: float
    count: int
    sum: float | None
    min: float | None
    max: float | None
    bounds: list[float]
    buckets: list[int]


class _Key(NamedTuple):
    kind: Kind
    unit: str
    monotonic: bool
    attributes: tuple[str, ...]


@dataclass(frozen=True)
class _Series:
    """What one series amounts to."""

    series: int
    attributes: dict[str, JsonValue]
    points: int
    last_ns: int
    value: float
    count: int
    sum: float | None
    min: float | None
    max: float | None
    parts: list[Part]
    quantiles: dict[str, float]
    """Of a summary, as it said them last."""


def _key(row: Row, group_by: Sequence[str]) -> _Key:
    texts = {**_texts(row["resource"]), **_texts(row["attributes"])}
    values = tuple(str(decode_value(texts[name])) if name in texts else "" for name in group_by)
    kind: Kind = row["kind"]  # type: ignore[assignment]  # one of those that were written
    return _Key(kind, str(row["unit"]), bool(row["monotonic"]), values)


def _series(row: Row, since_ns: int) -> _Series:
    if row["kind"] == "gauge" or not row["cumulative"]:
        return _added_up(row)
    return _grown(row, since_ns)


def _added_up(row: Row) -> _Series:
    """Return a series whose points say each what came since the one before, or a gauge."""
    last = _state(row["last"])
    is_gauge = row["kind"] == "gauge"
    low, high = ("least_value", "greatest_value") if is_gauge else ("least", "greatest")
    least, greatest = _number(row[low]), _number(row[high])
    counts = row["total_buckets"]
    assert isinstance(counts, list)
    return _Series(
        **_about(row),
        points=integer(row["points"]),
        last_ns=integer(row["last_ns"]),
        value=last.value if is_gauge else float(_number(row["total_value"]) or 0.0),
        count=integer(row["total_count"]),
        sum=_number(row["total_sum"]),
        min=least,
        max=greatest,
        parts=list(parts_of(Buckets(last.bounds, counts), least, greatest)),
    )


def _grown(row: Row, since_ns: int) -> _Series:
    """Return by how much a series grew, whose points say each what came since its start.

    Without a report from before the time range, a series that is older counts from its first one within.
    """
    last, base = _state(row["last"]), _base(row, since_ns)
    falls = row["kind"] == "sum" and not row["monotonic"]
    added = parts_of(Buckets(last.bounds, last.buckets), last.min, last.max)
    taken = parts_of(Buckets(base.bounds, base.buckets), base.min, base.max)
    return _Series(
        **_about(row),
        points=integer(row["points"]),
        last_ns=integer(row["last_ns"]),
        value=last.value if falls else last.value - base.value,
        count=last.count - base.count,
        sum=None if last.sum is None else last.sum - (base.sum or 0.0),
        min=last.min,
        max=last.max,
        parts=[*added, *(Part(part.low, part.high, -part.count) for part in taken)],
    )


class _About(TypedDict):
    series: int
    attributes: dict[str, JsonValue]
    quantiles: dict[str, float]


def _about(row: Row) -> _About:
    last = row["last_quantiles"]
    assert isinstance(last, tuple)
    return {
        "series": integer(row["series"]),
        "attributes": decode_attributes(_texts(row["attributes"])),
        "quantiles": {f"{quantile:g}": value for quantile, value in zip(*last, strict=True)},
    }


_NOTHING: Final = _State(0.0, 0, None, None, None, [], [])


def _base(row: Row, since_ns: int) -> _State:
    if row["points_before"]:
        return _state(row["before"])
    return _NOTHING if integer(row["start_ns"]) >= since_ns else _state(row["first"])


def _group(
    key: _Key,
    group_by: Sequence[str],
    series: Sequence[_Series],
    exemplars: Mapping[int, Sequence[MetricExemplar]],
) -> MetricGroup:
    counts = key.kind in {"histogram", "summary"}
    latest = max(series, key=lambda one: one.last_ns)
    sums = [one.sum for one in series if one.sum is not None]
    return MetricGroup(
        attributes=dict(zip(group_by, key.attributes, strict=True)),
        kind=key.kind,
        unit=key.unit,
        series=len(series),
        points=sum(one.points for one in series),
        value=_value(key, latest, series),
        count=sum(one.count for one in series) if counts else None,
        sum=sum(sums) if counts and sums else None,
        min=min((one.min for one in series if one.min is not None), default=None),
        max=max((one.max for one in series if one.max is not None), default=None),
        estimated_quantiles=estimate_quantiles(_merged(series), QUANTILES) if key.kind == "histogram" else {},
        summaries=_summaries(series) if key.kind == "summary" else [],
        exemplars=_newest(exemplars, {one.series for one in series}),
    )


def _summaries(series: Sequence[_Series]) -> list[SummaryQuantiles]:
    """Return what each series said last, which may have begun anew meanwhile."""
    latest = {one.series: one for one in sorted(series, key=lambda one: one.last_ns)}
    return [
        SummaryQuantiles(attributes=one.attributes, time=instant(one.last_ns), quantiles=one.quantiles)
        for one in latest.values()
    ]


def _newest(exemplars: Mapping[int, Sequence[MetricExemplar]], series: set[int]) -> list[MetricExemplar]:
    found = [exemplar for one in series for exemplar in exemplars.get(one, ())]
    return sorted(found, key=lambda exemplar: exemplar.time, reverse=True)[:_MOST_EXEMPLARS]


def _value(key: _Key, latest: _Series, series: Sequence[_Series]) -> float | None:
    if key.kind in {"histogram", "summary"}:
        return None
    return latest.value if key.kind == "gauge" else sum(one.value for one in series)


def _merged(series: Iterable[_Series]) -> Iterator[Part]:
    """Give the parts of all series, those between the same bounds as one: series mostly share their bounds."""
    counts: dict[tuple[float, float], float] = defaultdict(float)
    for one in series:
        for part in one.parts:
            counts[part.low, part.high] += part.count
    return (Part(low, high, count) for (low, high), count in counts.items() if count)


def _state(value: object) -> _State:
    assert isinstance(value, tuple)
    return _State(*value)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _texts(value: object) -> Mapping[str, str]:
    assert isinstance(value, dict)
    return value
