"""Figures of what releases answered: requests, errors, latency and cost by release and environment."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import math
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from windlass.storage.warehouse import Row, Warehouse
from windlass.telemetry.conventions import MODEL_CALLS
from windlass.telemetry.costs import Lists, Priced
from windlass.telemetry.models import Traffic, Volume
from windlass.telemetry.summaries import NO_SPAN, integer
from windlass.telemetry.tariffs import COLUMNS_TO_PRICE, UNPRICED, Tariff

_PERIOD: Final = """
    project = {project:String}
    AND start_time >= fromUnixTimestamp64Micro({since:Int64}, 'UTC')
    AND start_time < fromUnixTimestamp64Micro({until:Int64}, 'UTC')
"""


_NAMES: Final = ("environment", "release", "release_name")
"""Of a request. A trace is told by the places of its names among all: numbers take less than texts, where
there are millions of traces."""

_ALL_NAMES: Final = f"""
SELECT {", ".join(f"arraySort(groupUniqArray({name})) AS {name}s" for name in _NAMES)} FROM spans WHERE {_PERIOD}
"""


def _place_of(name: str) -> str:
    """Return the place of a name of a span among all, which are in their order; nothing is 0."""
    numbers = f"{{{name}s:Array(String)}}, {{{name}_places:Array(UInt32)}}, toUInt32(0)"
    return f"transform(spans.{name}, {numbers}) AS {name}"


def _name_at(name: str) -> str:
    return f"{{{name}s:Array(String)}}[{name} + 1] AS {name}"


def _of_root(column: str) -> str:
    """Return what the root says or, where it says nothing, what any span does."""
    return f"if(maxIf({column}, is_root) != 0, maxIf({column}, is_root), max({column}))"


_ONCE: Final = f"""
SELECT trace_id, duration, status, {", ".join(map(_place_of, _NAMES))}, run != '' AS is_of_run, weight,
  {", ".join(COLUMNS_TO_PRICE)},
  parent_span_id = {NO_SPAN} AS is_root, operation IN {MODEL_CALLS} AS is_call
FROM spans FINAL WHERE {_PERIOD}
"""

_LEVELS: Final = "0.5, 0.95"


def _traces(tariff: Tariff) -> str:
    """Return what is counted of each trace."""
    return f"""
  SELECT min(start_time) AS start, max(is_root) AS rooted, count() AS trace_spans,
    {_of_root("environment")} AS trace_environment, {_of_root("release")} AS trace_release,
    {_of_root("release_name")} AS trace_release_name, NOT max(is_of_run) AND trace_release != 0 AS is_request,
    if(rooted, countIf(is_root AND status = 2), countIf(status = 2)) > 0 AS failed,
    maxIf(duration, is_root) AS latency_ns,
    if(rooted, maxIf(weight, is_root), max(weight)) AS trace_weight,
    if(countIf(is_call AND cost IS NOT NULL) > 0,
      greatest(sumIf(cost * weight, is_call), sumIf(cost, is_call) * trace_weight),
      max(cost) * trace_weight) AS trace_cost,
    {UNPRICED} AS trace_unpriced, max(is_unmet) AS trace_unmet
  FROM ({tariff.priced(_ONCE)})
  GROUP BY trace_id
"""


def _figures(tariff: Tariff) -> str:
    """Return the figures by release and interval, of each release in the whole period, where the time is 0, and of
    what is no request.

    Latencies count as often as their trace stands for. Where all stand for the same, weights change nothing, the
    exact quantile interpolates, and nothing is weighed.
    """
    return f"""
SELECT {", ".join(map(_name_at, _NAMES))}, is_request, toUnixTimestamp(interval_start) AS time, traces, spans,
  estimated, requests, errors, cost_usd, unpriced, unmet,
  if(empty(latencies), [nan, nan], if(even,
    arrayReduce('quantilesExactInclusive({_LEVELS})', latencies),
    arrayMap(latency -> toFloat64(latency), arrayReduce('quantilesExactWeighted({_LEVELS})',
      if(even, [], latencies), if(even, [], weights))))) AS quantiles,
  quantiles[1] / 1e9 AS latency_p50_s, quantiles[2] / 1e9 AS latency_p95_s
FROM (
  SELECT is_request, {", ".join(f"if(is_request, trace_{name}, 0) AS {name}" for name in _NAMES)},
    toStartOfInterval(start, toIntervalSecond({{interval:UInt32}}), 'UTC') AS interval_start,
    count() AS traces, sum(trace_spans) AS spans, max(trace_weight != 1) AS estimated,
    toInt64(round(sum(trace_weight))) AS requests, toInt64(round(sumIf(trace_weight, failed))) AS errors,
    sum(trace_cost) AS cost_usd, groupUniqArrayArray(20)(trace_unpriced) AS unpriced, max(trace_unmet) AS unmet,
    min(trace_weight) = max(trace_weight) AS even, groupArrayIf(latency_ns, rooted) AS latencies,
    -- Weights are whole numbers there: thousandths are fine enough.
    groupArrayIf(toUInt64(round(1000 * least(trace_weight, 1e9))), rooted) AS weights
  FROM ({_traces(tariff)})
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
    period = _period(project, since, until)
    parameters = {**period, **_all_names(warehouse, period), "interval": interval_s}
    rows = priced.query(_figures, _PERIOD, parameters)
    wholes = [row for row in rows if row["time"] == 0]
    return Figures(
        intervals=[_traffic(row, priced.tariff) for row in rows if row["is_request"] and row["time"]],
        whole=[_traffic(row, priced.tariff, since) for row in wholes if row["is_request"]],
        volume=Volume(
            traces=sum(integer(row["traces"]) for row in wholes),
            spans=sum(integer(row["spans"]) for row in wholes),
        ),
    )


def _all_names(warehouse: Warehouse, period: dict[str, object]) -> dict[str, object]:
    """Return the names of a period, each once and nothing first, and their places.

    A name whose first span comes between this and what it is asked for is in the next answer.
    """
    (found,) = warehouse.query(_ALL_NAMES, period)
    parameters: dict[str, object] = {}
    for name in _NAMES:
        said = found[f"{name}s"]
        assert isinstance(said, list)
        names = said if "" in said else ["", *said]
        parameters |= {f"{name}s": names, f"{name}_places": list(range(len(names)))}
    return parameters


def _period(project: str, since: datetime, until: datetime) -> dict[str, object]:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return {
        "project": project,
        "since": (since - epoch) // timedelta(microseconds=1),
        "until": (until - epoch) // timedelta(microseconds=1),
    }


def _traffic(row: Row, tariff: Tariff, start: datetime | None = None) -> Traffic:
    time = start or datetime.fromtimestamp(integer(row["time"]), UTC)
    latencies = {name: _number(row[name]) for name in ("latency_p50_s", "latency_p95_s")}
    unpriced = row["unpriced"]
    assert isinstance(unpriced, list)
    return Traffic.model_validate({**row, **latencies, "time": time, "unpriced_models": tariff.names(unpriced)})


def _number(value: object) -> float | None:
    return value if isinstance(value, float) and math.isfinite(value) else None
