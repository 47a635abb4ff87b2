"""Figures of what releases answered: requests, errors, latency and cost by release and environment."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import math
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, NamedTuple

from windlass.storage.warehouse import Row, Warehouse
from windlass.telemetry.costs import Lists, Priced
from windlass.telemetry.models import Traffic, Volume
from windlass.telemetry.rollups import spans as span_rollups
from windlass.telemetry.rollups.minutes import Cover
from windlass.telemetry.rollups.traces import (
    COLUMNS,
    NAMES,
    OF_PARTS,
    OF_SPANS,
    TABLE,
    spans_to_roll_up,
)
from windlass.telemetry.summaries import integer
from windlass.telemetry.tariffs import Tariff

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _of_spans(cover: Cover) -> str:
    """Return the condition on the spans that are to be read themselves."""
    return f"project = {{project:String}} AND {cover.spans()}"


def _names_of(cover: Cover) -> str:
    """Return the names of a period, each once."""
    said = f"SELECT {', '.join(NAMES)} FROM spans WHERE {_of_spans(cover)}"
    if cover.has_rollups:
        said += f" UNION ALL SELECT {', '.join(NAMES)} FROM {span_rollups.TABLE} WHERE {cover.rollups()}"
    return f"SELECT {', '.join(f'arraySort(groupUniqArray({name})) AS {name}s' for name in NAMES)} FROM ({said})"


def _place_of(name: str, table: str, column: str = "") -> str:
    """Return the place of a name among all of a period, which are in their order; nothing is 0.

    Numbers take less than texts, where there are millions of traces.
    """
    numbers = f"{{{name}s:Array(String)}}, {{{name}_places:Array(UInt32)}}, toUInt32(0)"
    return f"transform({table}.{column or name}, {numbers}) AS {column or name}"


def _name_at(name: str) -> str:
    return f"{{{name}s:Array(String)}}[{name} + 1] AS {name}"


_LEVELS: Final = "0.5, 0.95"


def _parts(cover: Cover, tariff: Tariff) -> str:
    """Return what the spans of a period say of each trace."""
    spans = spans_to_roll_up(_of_spans(cover), ", ".join(_place_of(name, "spans") for name in NAMES))
    of_spans = f"""
    SELECT trace_id, {OF_SPANS}, max(is_unmet) AS unmet FROM ({tariff.priced(spans)}) AS span GROUP BY trace_id
    """
    if not cover.has_rollups:
        return of_spans
    names = {column: _place_of(name, TABLE, column) for name in NAMES for column in (name, f"root_{name}")}
    columns = ", ".join(names.get(column, column) for column in COLUMNS)
    return f"""
    SELECT trace_id, {OF_PARTS}, max(part.unmet) AS unmet
    FROM (
      SELECT trace_id, {", ".join(COLUMNS)}, unmet FROM ({of_spans})
      UNION ALL SELECT trace_id, {columns}, false AS unmet FROM {TABLE} WHERE {cover.rollups()}
    ) AS part
    GROUP BY trace_id
    """


def _traces(cover: Cover, tariff: Tariff) -> str:
    """Return what is counted of each trace."""
    names = ", ".join(f"if(root_{name} != 0, root_{name}, {name}) AS trace_{name}" for name in NAMES)
    return f"""
  SELECT start, rooted, spans AS trace_spans, {names}, NOT of_run AND trace_release != 0 AS is_request,
    if(rooted, root_errors, errors) > 0 AS failed, ifNull(latency, 0) AS latency_ns,
    if(rooted, root_weight, weight) AS trace_weight,
    if(isNotNull(call_cost), greatest(weighted_call_cost, call_cost * trace_weight), stated_cost * trace_weight)
      AS trace_cost,
    if(calls > 0, unpriced_calls, unpriced_spans) AS trace_unpriced, unmet AS trace_unmet
  FROM ({_parts(cover, tariff)})
"""


def _figures(cover: Cover, tariff: Tariff) -> str:
    """Return the figures by release and interval, of each release in the whole period, where the time is 0, and of
    what is no request.

    Latencies count as often as their trace stands for. Where all stand for the same, weights change nothing, the
    exact quantile interpolates, and nothing is weighed.
    """
    return f"""
SELECT {", ".join(map(_name_at, NAMES))}, is_request, toUnixTimestamp(interval_start) AS time, traces, spans,
  estimated, requests, errors, cost_usd, unpriced, unmet,
  if(empty(latencies), [nan, nan], if(even,
    arrayReduce('quantilesExactInclusive({_LEVELS})', latencies),
    arrayMap(latency -> toFloat64(latency), arrayReduce('quantilesExactWeighted({_LEVELS})',
      if(even, [], latencies), if(even, [], weights))))) AS quantiles,
  quantiles[1] / 1e9 AS latency_p50_s, quantiles[2] / 1e9 AS latency_p95_s
FROM (
  SELECT is_request, {", ".join(f"if(is_request, trace_{name}, 0) AS {name}" for name in NAMES)},
    toStartOfInterval(start, toIntervalSecond({{interval:UInt32}}), 'UTC') AS interval_start,
    count() AS traces, sum(trace_spans) AS spans, max(trace_weight != 1) AS estimated,
    toInt64(round(sum(trace_weight))) AS requests, toInt64(round(sumIf(trace_weight, failed))) AS errors,
    sum(trace_cost) AS cost_usd, groupUniqArrayArray(20)(trace_unpriced) AS unpriced, max(trace_unmet) AS unmet,
    min(trace_weight) = max(trace_weight) AS even, groupArrayIf(latency_ns, rooted) AS latencies,
    -- Weights are whole numbers there: thousandths are fine enough.
    groupArrayIf(toUInt64(round(1000 * least(trace_weight, 1e9))), rooted) AS weights
  FROM ({_traces(cover, tariff)})
  GROUP BY GROUPING SETS (
    (is_request, environment, release, release_name, interval_start),
    (is_request, environment, release, release_name)
  )
)
ORDER BY environment, release, time
"""


class Figures(NamedTuple):
    """What was answered in a period."""

    intervals: list[Traffic]
    """By environment, release and interval; intervals without requests are left out."""
    whole: list[Traffic]
    """By environment and release, from the beginning of the period."""
    volume: Volume
    """Of all spans, requests or not."""


def measure_traffic(
    warehouse: Warehouse,
    project: str,
    *,
    since: datetime,
    until: datetime,
    interval_s: int = 3600,
    lists: Lists | None = None,
) -> Figures:
    """Return the figures of the spans that started in [since, until), in intervals of UTC.

    A request is a trace with a release outside of evaluation runs; its latency is that of its root span.
    Of a sampled stream the figures are those of all requests, estimated from those that were kept.
    ``lists`` price models that were not met before.
    """
    priced = Priced(warehouse, project, lists)
    period = (_nanoseconds(since), _nanoseconds(until))
    cover = span_rollups.find_priced_cover(warehouse, project, *period, priced.listings_of())
    parameters = {**_all_names(warehouse, project, cover), "project": project, "interval": interval_s}
    rows = priced.query(partial(_figures, cover), _of_spans(cover), parameters)
    wholes = [row for row in rows if row["time"] == 0]
    return Figures(
        intervals=[_traffic(row) for row in rows if row["is_request"] and row["time"]],
        whole=[_traffic(row, since) for row in wholes if row["is_request"]],
        volume=Volume(
            traces=sum(integer(row["traces"]) for row in wholes),
            spans=sum(integer(row["spans"]) for row in wholes),
        ),
    )


def _all_names(warehouse: Warehouse, project: str, cover: Cover) -> dict[str, object]:
    """Return the names of a period, each once and nothing first, and their places.

    A name whose first span comes between this and what it is asked for is in the next answer.
    """
    (found,) = warehouse.query(_names_of(cover), {"project": project})
    parameters: dict[str, object] = {}
    for name in NAMES:
        said = found[f"{name}s"]
        assert isinstance(said, list)
        names = said if "" in said else ["", *said]
        parameters |= {f"{name}s": names, f"{name}_places": list(range(len(names)))}
    return parameters


def _nanoseconds(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(microseconds=1) * 1000


def _traffic(row: Row, start: datetime | None = None) -> Traffic:
    time = start or datetime.fromtimestamp(integer(row["time"]), UTC)
    latencies = {name: _number(row[name]) for name in ("latency_p50_s", "latency_p95_s")}
    unpriced = row["unpriced"]
    assert isinstance(unpriced, list)
    return Traffic.model_validate({**row, **latencies, "time": time, "unpriced_models": sorted(unpriced)})


def _number(value: object) -> float | None:
    return value if isinstance(value, float) and math.isfinite(value) else None
