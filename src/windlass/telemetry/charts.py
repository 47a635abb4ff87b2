"""Charts: a measure over time, by one column, as a declarative spec that is stored, shared and drawn.

Counts, errors and latency are of traces (their root spans), of calls of models or of any spans; tokens and cost
are of calls alone, for other spans state totals of them.
"""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, Field, model_validator

from windlass.errors import InputError
from windlass.storage.warehouse import Row, Warehouse
from windlass.telemetry.conditions import Condition
from windlass.telemetry.conventions import MODEL_CALLS
from windlass.telemetry.costs import Lists, Priced
from windlass.telemetry.summaries import NO_SPAN, instant, integer, nanoseconds_of
from windlass.telemetry.tariffs import COLUMNS_TO_PRICE, Tariff

Measure = Literal[
    "count",
    "errors",
    "error_rate",
    "latency_p50_s",
    "latency_p95_s",
    "latency_p99_s",
    "input_tokens",
    "output_tokens",
    "cost_usd",
]
By = Literal[
    "", "agent", "environment", "name", "operation", "provider", "release_name", "request_model", "service",
    "status", "tool", "user",
]  # fmt: skip
Of = Literal["traces", "calls", "spans"]


def _quantile(level: float) -> tuple[str, str]:
    return "quantileTDigestState(toFloat32(duration))", f"quantileTDigestMerge({level})(part) / 1e9"


_VALUES: Final[dict[Measure, tuple[str, str]]] = {
    "count": ("count()", "toFloat64(sum(part))"),
    "errors": ("countIf(failed)", "toFloat64(sum(part))"),
    "error_rate": ("countIf(failed)", "sum(part) / sum(spans)"),
    "latency_p50_s": _quantile(0.5),
    "latency_p95_s": _quantile(0.95),
    "latency_p99_s": _quantile(0.99),
    "input_tokens": ("sum(input_tokens)", "toFloat64(sum(part))"),
    "output_tokens": ("sum(output_tokens)", "toFloat64(sum(part))"),
    "cost_usd": ("sum(cost)", "sum(part)"),
}
"""What is computed of the spans of a key and an interval, and the measure, of several of these."""

_OF: Final[dict[Of, str]] = {
    "traces": f"parent_span_id = {NO_SPAN}",
    "calls": f"operation IN {MODEL_CALLS}",
    "spans": "true",
}
_OF_CALLS: Final = frozenset({"input_tokens", "output_tokens", "cost_usd"})

_INTERVALS_S: Final = (10, 60, 300, 900, 3600, 4 * 3600, 86_400, 7 * 86_400)
_MOST_POINTS: Final = 120
OTHERS: Final = "…"
"""The key of everything that is not among the series shown."""


def _readable(conditions: list[str]) -> list[str]:
    for text in conditions:
        try:
            Condition.parse(text)
        except InputError as error:
            raise ValueError(error.message) from error
    return conditions


class Chart(BaseModel):
    """What to draw."""

    measure: Measure
    of: Of = "traces"
    by: By = ""
    """The column by which series are told apart; empty for one series."""
    where: Annotated[list[str], Field(max_length=20), AfterValidator(_readable)] = []
    """Conditions on each span (see conditions.py); ``run=`` leaves evaluation runs out."""
    series: Annotated[int, Field(ge=1, le=20)] = 6
    """How many series at most; the rest is one more."""

    @model_validator(mode="after")
    def _check(self) -> "Chart":
        if self.measure in _OF_CALLS and self.of != "calls":
            raise ValueError(f"{self.measure} is of calls of models: spans above them state totals of the same")
        return self


class Point(BaseModel):
    time: datetime
    """Start of the interval."""
    value: float | None
    """Null when unknown: a cost without a price, a quantile of nothing."""
    n: int
    """How many traces, calls or spans it is of."""
    unknown: int
    """Those among them that say nothing of it: calls without tokens, or without a price."""


class Series(BaseModel):
    key: str
    value: float | None
    """Of the whole period."""
    n: int
    unknown: int
    points: list[Point]
    """Of the intervals in which there was something, in their order."""


class ChartData(BaseModel):
    """What was measured, the largest series first."""

    since: datetime
    until: datetime
    interval_s: int
    series: list[Series]


class _Cell(NamedTuple):
    value: float | None
    n: int
    unknown: int


def measure_chart(
    warehouse: Warehouse,
    project: str,
    chart: Chart,
    *,
    since: datetime,
    until: datetime,
    lists: Lists | None = None,
) -> ChartData:
    """Return what a chart shows of [since, until). Raises InputError for a period that ends before it begins."""
    if until <= since:
        raise InputError("The period ends before it begins: `from` must be earlier than `to`.")
    interval_s = _interval((until - since).total_seconds())
    parameters: dict[str, object] = {
        "project": project,
        "since": nanoseconds_of(since),
        "until": nanoseconds_of(until),
        "interval": interval_s,
    }
    where = _where(chart, parameters)
    rows = Priced(warehouse, project, lists).query(lambda tariff: _sql(chart, where, tariff), where, parameters)
    return ChartData(since=since, until=until, interval_s=interval_s, series=_series(rows, chart.series))


def _interval(seconds: float) -> int:
    return next((step for step in _INTERVALS_S if seconds / step <= _MOST_POINTS), _INTERVALS_S[-1])


def _where(chart: Chart, parameters: dict[str, object]) -> str:
    """Return the condition on the spans of a chart; its values go into the parameters."""
    conditions = [
        "project = {project:String}",
        "start_time >= fromUnixTimestamp64Nano({since:Int64}, 'UTC')",
        "start_time < fromUnixTimestamp64Nano({until:Int64}, 'UTC')",
        _OF[chart.of],
    ]
    for number, text in enumerate(chart.where):
        test, values = Condition.parse(text).sql(f"where{number}")
        conditions.append(test)
        parameters |= values
    return " AND ".join(conditions)


_INTERVAL: Final = "toStartOfInterval(start_time, toIntervalSecond({interval:UInt32}), 'UTC')"


def _sql(chart: Chart, where: str, tariff: Tariff) -> str:
    """Return the figures of each series by interval, and of its whole period, where the time is 0.

    The series is the place of its key by the number of spans, or the one after the last for all other keys. Spans
    are read once: which keys are the largest is known when the figures by key are there.
    """
    spans = _spans(chart, where)
    said, cost = "1", chart.measure == "cost_usd"
    if cost:
        said, spans = "cost", tariff.priced(spans)
    elif chart.measure in _OF_CALLS:
        said = chart.measure
    part, value = _VALUES[chart.measure]
    return f"""
    SELECT least(place, {chart.series + 1:d}) AS series, toUnixTimestamp(interval_start) AS time, any(key) AS name,
      sum(spans) AS n, {value} AS value, sum(unsaid) AS unknown, max(is_unmet) AS unmet
    FROM (
      SELECT *, dense_rank() OVER (ORDER BY spans_of_key DESC, key) AS place
      FROM (
        SELECT *, sum(spans) OVER (PARTITION BY key) AS spans_of_key
        FROM (
          SELECT key, {_INTERVAL} AS interval_start,
            count() AS spans, {part} AS part, countIf(isNull({said})) AS unsaid,
            {"max(is_unmet)" if cost else "false"} AS is_unmet
          FROM ({spans})
          GROUP BY key, interval_start
        )
      )
    )
    GROUP BY GROUPING SETS ((series, interval_start), (series))
    ORDER BY series, time
    """


def _spans(chart: Chart, where: str) -> str:
    """Return the spans of a chart, each once, with its key."""
    key = {"": "''", "status": "['unset', 'ok', 'error'][status + 1]"}.get(chart.by, chart.by)
    columns = ["start_time"]
    if chart.measure == "cost_usd":
        columns = list(COLUMNS_TO_PRICE)
    elif chart.measure in _OF_CALLS:
        columns.append(chart.measure)
    elif chart.measure.startswith("latency"):
        columns.append("duration")
    return f"SELECT {', '.join(columns)}, status = 2 AS failed, {key} AS key FROM spans FINAL WHERE {where}"


def _series(rows: Sequence[Row], most: int) -> list[Series]:
    points: dict[int, list[Point]] = defaultdict(list)
    wholes: dict[int, tuple[str, _Cell]] = {}
    for row in rows:
        place, time = integer(row["series"]), integer(row["time"])
        cell = _Cell(_number(row["value"]), integer(row["n"]), integer(row["unknown"]))
        if time == 0:
            wholes[place] = (str(row["name"]) if place <= most else OTHERS, cell)
        else:
            points[place].append(Point(time=instant(time * 10**9), **cell._asdict()))
    return [
        Series(key=key, points=points[place], **cell._asdict()) for place, (key, cell) in sorted(wholes.items())
    ]


def _number(value: object) -> float | None:
    return value if isinstance(value, float) and math.isfinite(value) else None
