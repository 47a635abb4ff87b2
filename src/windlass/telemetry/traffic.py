"""Figures of what releases answered: requests, errors, latency and cost by release and environment."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import math
from datetime import UTC, datetime, timedelta
from typing import Final

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


def _of_root(column: str) -> str:
    """Return what the root says or, where it says nothing, what any span does."""
    return f"if(maxIf({column}, is_root) != '', maxIf({column}, is_root), max({column}))"


_ONCE: Final = f"""
SELECT trace_id, duration, status, spans.environment AS environment, spans.release AS release,
  spans.release_name AS release_name, run, weight, {", ".join(COLUMNS_TO_PRICE)},
  parent_span_id = {NO_SPAN} AS is_root, operation IN {MODEL_CALLS} AS is_call
FROM spans FINAL WHERE {_PERIOD}
"""


def _quantile(level: float) -> str:
    """Return a quantile of the latencies, each counted as often as its trace stands for.

    Where all stand for the same, weights change nothing and the exact quantile interpolates.
    """
    known = "latency_ns IS NOT NULL"
    # Weights are whole numbers there: thousandths are fine enough.
    weight = "toUInt64(round(1000 * least(trace_weight, 1e9)))"
    return (
        f"if(min(trace_weight) = max(trace_weight), quantileExactInclusiveIf({level})(latency_ns, {known}), "
        f"toFloat64(quantileExactWeightedIf({level})(latency_ns, {weight}, {known})))"
    )


def _requests(tariff: Tariff, interval: str) -> str:
    return f"""
SELECT environment, release, release_name, toUnixTimestamp(toStartOfInterval(start, {interval}, 'UTC')) AS time,
  max(trace_weight != 1) AS estimated, toInt64(round(sum(trace_weight))) AS requests,
  toInt64(round(sumIf(trace_weight, failed))) AS errors,
  {_quantile(0.5)} / 1e9 AS latency_p50_s, {_quantile(0.95)} / 1e9 AS latency_p95_s,
  sum(trace_cost) AS cost_usd, groupUniqArrayArray(20)(trace_unpriced) AS unpriced, max(trace_unmet) AS unmet
FROM (
  SELECT min(start_time) AS start, max(is_root) AS rooted,
    {_of_root("environment")} AS environment, {_of_root("release")} AS release,
    {_of_root("release_name")} AS release_name,
    if(rooted, countIf(is_root AND status = 2), countIf(status = 2)) > 0 AS failed,
    if(rooted, toNullable(maxIf(duration, is_root)), NULL) AS latency_ns,
    if(rooted, maxIf(weight, is_root), max(weight)) AS trace_weight,
    if(countIf(is_call AND cost IS NOT NULL) > 0,
      greatest(sumIf(cost * weight, is_call), sumIf(cost, is_call) * trace_weight),
      max(cost) * trace_weight) AS trace_cost,
    {UNPRICED} AS trace_unpriced, max(is_unmet) AS trace_unmet
  FROM ({tariff.priced(_ONCE)})
  GROUP BY trace_id HAVING max(run) = ''
)
WHERE release != ''
GROUP BY environment, release, release_name, time
ORDER BY environment, release, time
"""


def list_traffic(
    warehouse: Warehouse,
    project: str,
    *,
    since: datetime,
    until: datetime,
    interval_s: int | None = 3600,
    lists: Lists | None = None,
) -> list[Traffic]:
    """Return the requests that started in [since, until), by environment, release and interval (UTC).

    A request is a trace with a release outside of evaluation runs; its latency is that of its root span.
    Of a sampled stream the figures are those of all requests, estimated from those that were kept.
    Intervals without requests are left out. Without ``interval_s`` the whole period is one, from ``since``.
    ``lists`` price models that were not met before.
    """
    whole = interval_s is None
    interval = "INTERVAL 1000 YEAR" if whole else f"INTERVAL {int(interval_s or 0)} SECOND"
    priced = Priced(warehouse, project, lists)
    rows = priced.query(lambda tariff: _requests(tariff, interval), _PERIOD, _period(project, since, until))
    return [_traffic(row, priced.tariff, since if whole else None) for row in rows]


def count_volume(warehouse: Warehouse, project: str, *, since: datetime, until: datetime) -> Volume:
    """Return how many spans started in [since, until), and of how many traces."""
    rows = warehouse.query(
        f"SELECT uniqExact(trace_id) AS traces, count() AS spans FROM spans FINAL WHERE {_PERIOD}",
        _period(project, since, until),
    )
    return Volume.model_validate(rows[0])


def _period(project: str, since: datetime, until: datetime) -> dict[str, object]:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return {
        "project": project,
        "since": (since - epoch) // timedelta(microseconds=1),
        "until": (until - epoch) // timedelta(microseconds=1),
    }


def _traffic(row: Row, tariff: Tariff, start: datetime | None) -> Traffic:
    time = start or datetime.fromtimestamp(integer(row["time"]), UTC)
    latencies = {name: _number(row[name]) for name in ("latency_p50_s", "latency_p95_s")}
    unpriced = row["unpriced"]
    assert isinstance(unpriced, list)
    return Traffic.model_validate({**row, **latencies, "time": time, "unpriced_models": tariff.names(unpriced)})


def _number(value: object) -> float | None:
    return value if isinstance(value, float) and math.isfinite(value) else None
