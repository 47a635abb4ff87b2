"""Which traces a graph is made of, and their steps as the warehouse puts them in order.

The order is that of ``walk``: the SQL here and the Python there are two spellings of one rule, and a test holds
them together.
"""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.conventions import MODEL_CALLS
from windlass.telemetry.graphs.steps import step_sql
from windlass.telemetry.graphs.walk import MOST_SPANS
from windlass.telemetry.sql.pricing import priced
from windlass.telemetry.summaries import integer, nanoseconds_of
from windlass.telemetry.tariffs import COLUMNS_TO_PRICE

MOST_TRACES: Final = 10_000
USUAL_TRACES: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The newest traces that started in [since, until) and of which any one span has all that is asked for."""

    since: datetime
    until: datetime
    release: str | None = None
    """A release's digest or name."""
    environment: str | None = None
    run: str | None = None
    traces: int = USUAL_TRACES
    """At most so many, the newest."""


class Selected(NamedTuple):
    """How many traces there are, and what ``STEPS_OF_TRACES`` is to be given to read some of them."""

    matching: int
    statement: str
    spans: str
    """The condition on a span to be of a trace that is meant; it takes the parameters, too."""
    parameters: dict[str, object]


def select_traces(warehouse: Warehouse, project: str, selection: Selection) -> Selected:
    """Count the traces that are meant, and say how to read them."""
    conditions, parameters = _conditions(selection)
    since_ns, most = nanoseconds_of(selection.since), min(selection.traces, MOST_TRACES)
    parameters |= {"project": project, "since": since_ns, "until": nanoseconds_of(selection.until), "most": most}
    named = _NAMED.replace("/*conditions*/", conditions) if conditions else ""
    chosen = _CHOSEN.replace("/*named*/", named)
    (row,) = warehouse.query(_COUNT.format(chosen=chosen, most=most), parameters)
    newest = row["newest"]
    assert isinstance(newest, list)
    # What began before the newest need not be read.
    first_ns = -newest[-1] if newest else since_ns
    return Selected(
        integer(row["matching"]),
        _STEPS.replace("/*chosen*/", chosen),
        _WITHIN_CHOSEN.replace("/*chosen*/", f"SELECT trace_id FROM ({chosen})"),
        {**parameters, "since": first_ns, "last": integer(row["last_ns"])},
    )


def _conditions(selection: Selection) -> tuple[str, dict[str, object]]:
    conditions: list[str] = []
    parameters: dict[str, object] = {}
    if selection.release is not None:
        conditions.append("AND (release = {release:String} OR release_name = {release:String})")
        parameters["release"] = selection.release
    if selection.environment is not None:
        conditions.append("AND environment = {environment:String}")
        parameters["environment"] = selection.environment
    if selection.run is not None:
        conditions.append("AND run = {run:String}")
        parameters["run"] = selection.run
    return " ".join(conditions), parameters


_CHOSEN: Final = """
SELECT trace_id, min(first) AS started, max(last) AS ended FROM traces
WHERE project = {project:String} /*named*/
GROUP BY trace_id
HAVING started >= fromUnixTimestamp64Nano({since:Int64}, 'UTC')
  AND started < fromUnixTimestamp64Nano({until:Int64}, 'UTC')
"""

_NAMED: Final = """
AND trace_id IN (
  SELECT trace_id FROM spans WHERE project = {project:String}
    AND start_time >= fromUnixTimestamp64Nano({since:Int64}, 'UTC')
    AND start_time < fromUnixTimestamp64Nano({until:Int64}, 'UTC') /*conditions*/)
"""

_COUNT: Final = """
SELECT count() AS matching, toUnixTimestamp64Nano(max(ended)) AS last_ns,
  groupArraySorted({most})(-toUnixTimestamp64Nano(started)) AS newest
FROM ({chosen})
"""

_WITHIN_CHOSEN: Final = """
project = {project:String}
  AND start_time >= fromUnixTimestamp64Nano({since:Int64}, 'UTC')
  AND start_time <= fromUnixTimestamp64Nano({last:Int64}, 'UTC')
  AND trace_id IN (/*chosen*/)
"""

_DELIVERED: Final = f"""
SELECT trace_id, span_id, parent_span_id, duration, status, {step_sql()} AS step,
  operation IN {MODEL_CALLS} AS is_call, {", ".join(COLUMNS_TO_PRICE)}
FROM spans
WHERE {_WITHIN_CHOSEN.replace("/*chosen*/", "SELECT trace_id FROM chosen")}
ORDER BY received DESC LIMIT 1 BY trace_id, span_id
"""

_STEPS: Final = f"""
WITH chosen AS (/*chosen*/ ORDER BY started DESC, trace_id DESC LIMIT {{most:UInt64}}),
delivered AS (
  SELECT trace_id, span_id, parent_span_id, toUnixTimestamp64Nano(start_time) AS start_ns,
    greatest(duration, 0) AS duration_ns, toUInt8(status = 2) AS failed, step, if(is_call, cost, NULL) AS step_cost
  FROM ({priced(_DELIVERED)})
),
collected AS (
  SELECT trace_id, count() > {MOST_SPANS} AS shortened,
    arraySlice(arraySort(groupArray((start_ns, span_id, parent_span_id, step, duration_ns, failed, step_cost))), 1,
      {MOST_SPANS}) AS spans,
    spans.2 AS ids, arrayMap(parent -> indexOf(ids, parent), spans.3) AS parents,
    min(start_ns) AS first_ns, max(start_ns + duration_ns) - first_ns AS whole_ns
  FROM delivered GROUP BY trace_id
),
placed AS (
  SELECT trace_id, shortened, first_ns, whole_ns, spans,
    arrayFold(
      (paths, place) -> arrayPushBack(paths, if(parents[place] = 0 OR parents[place] >= place,
        [toUInt32(place)], arrayPushBack(paths[parents[place]], toUInt32(place)))),
      arrayEnumerate(ids), CAST([], 'Array(Array(UInt32))')) AS paths
  FROM collected
),
walked AS (
  SELECT trace_id, shortened, first_ns, whole_ns,
    arrayFilter(span -> span.4 != '', arraySort((span, path) -> path, spans, paths)) AS steps
  FROM placed
)
"""
"""``walked``: of each trace its steps in order, each (start, id, parent, step, duration, failed, cost)."""
