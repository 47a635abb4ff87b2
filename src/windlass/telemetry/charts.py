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
from windlass.telemetry.rollups.minutes import Cover, find_cover
from windlass.telemetry.rollups.spans import DIMENSIONS, TABLE, find_priced_cover
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


class _Value(NamedTuple):
    """How a measure is computed: of the spans of a key and an interval, of their rollups, and of such parts."""

    of_spans: str
    of_rollups: str
    value: str


_FAILED: Final = _Value("countIf(status = 2)", "sumIf(n, status = 2)", "toFloat64(sum(part))")


def _quantile(level: float) -> _Value:
    return _Value(
        "quantileTDigestState(toFloat32(duration))",
        "quantileTDigestMergeState(latency)",
        f"quantileTDigestMerge({level})(part) / 1e9",
    )


def _sum(column: str) -> _Value:
    return _Value(f"sum({column})", f"sum({column})", "toFloat64(sum(part))")


_VALUES: Final[dict[Measure, _Value]] = {
    "count": _Value("count()", "sum(n)", "toFloat64(sum(part))"),
    "errors": _FAILED,
    "error_rate": _FAILED._replace(value="sum(part) / sum(spans)"),
    "latency_p50_s": _quantile(0.5),
    "latency_p95_s": _quantile(0.95),
    "latency_p99_s": _quantile(0.99),
    "input_tokens": _sum("input_tokens"),
    "output_tokens": _sum("output_tokens"),
    "cost_usd": _sum("cost"),
}

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
    period = (nanoseconds_of(since), nanoseconds_of(until))
    priced = Priced(warehouse, project, lists)
    if not _has_rollups(chart, interval_s):
        cover = Cover.without_rollups(*period)
    elif chart.measure == "cost_usd":
        cover = find_priced_cover(warehouse, project, *period, priced.listings_of())
    else:
        cover = find_cover(warehouse, project, *period)
    conditions, values = _conditions(chart)
    asked = _Asked(chart, cover, conditions)
    rows = priced.query(asked.sql, asked.spans, {"project": project, "interval": interval_s, **values})
    return ChartData(since=since, until=until, interval_s=interval_s, series=_series(rows, chart.series))


def _has_rollups(chart: Chart, interval_s: int) -> bool:
    """Return whether what a chart asks for is known of each rollup."""
    fields = {chart.by or "status", *(Condition.parse(text).field for text in chart.where)}
    return interval_s % 60 == 0 and fields <= {*DIMENSIONS, "status"}


def _interval(seconds: float) -> int:
    return next((step for step in _INTERVALS_S if seconds / step <= _MOST_POINTS), _INTERVALS_S[-1])


def _conditions(chart: Chart) -> tuple[str, dict[str, object]]:
    """Return what a chart asks of each span, and the parameters."""
    conditions, parameters = ["true"], dict[str, object]()
    for number, text in enumerate(chart.where):
        test, values = Condition.parse(text).sql(f"where{number}")
        conditions.append(test)
        parameters |= values
    return " AND ".join(conditions), parameters


class _Asked(NamedTuple):
    """A chart as statements."""

    chart: Chart
    cover: Cover
    conditions: str

    @property
    def spans(self) -> str:
        """The condition on the spans that are to be read themselves."""
        of = _OF[self.chart.of]
        return f"project = {{project:String}} AND {self.cover.spans()} AND {of} AND {self.conditions}"

    @property
    def rollups(self) -> str:
        """The condition on the rollups that are to be read."""
        of = "is_root" if self.chart.of == "traces" else _OF[self.chart.of]
        return f"{self.cover.rollups()} AND {of} AND {self.conditions}"

    def sql(self, tariff: Tariff) -> str:
        """Return the figures of each series by interval, and of its whole period, where the time is 0.

        The series is the place of its key by the number of spans, or the one after the last for all other keys.
        Spans are read once: which keys are the largest is known when the figures by key are there.
        """
        parts = self._of_spans(tariff)
        if self.cover.has_rollups:
            parts = f"{parts} UNION ALL {self._of_rollups()}"
        value = _VALUES[self.chart.measure].value
        return f"""
        SELECT least(place, {self.chart.series + 1:d}) AS series, toUnixTimestamp(interval_start) AS time,
          any(key) AS name, sum(spans) AS n, {value} AS value, sum(unsaid) AS unknown,
          max(is_unmet) AS unmet
        FROM (
          SELECT *, dense_rank() OVER (ORDER BY spans_of_key DESC, key) AS place
          FROM (SELECT *, sum(spans) OVER (PARTITION BY key) AS spans_of_key FROM ({parts}))
        )
        GROUP BY GROUPING SETS ((series, interval_start), (series))
        ORDER BY series, time
        """

    def _of_spans(self, tariff: Tariff) -> str:
        """Return the figures by key and interval of spans, each counted once."""
        measure = self.chart.measure
        columns, said, is_unmet = ["start_time"], "1", "false"
        if measure == "cost_usd":
            columns, said, is_unmet = list(COLUMNS_TO_PRICE), "cost", "max(is_unmet)"
        elif measure in _OF_CALLS:
            columns, said = [*columns, measure], measure
        elif measure.startswith("latency"):
            columns = [*columns, "duration"]
        spans = f"SELECT {', '.join(columns)}, status, {self._key} AS key FROM spans FINAL WHERE {self.spans}"
        return f"""
        SELECT key, {_interval_of("start_time")} AS interval_start, count() AS spans,
          {_VALUES[measure].of_spans} AS part, countIf(isNull({said})) AS unsaid,
          {is_unmet} AS is_unmet
        FROM ({tariff.priced(spans) if measure == "cost_usd" else spans})
        GROUP BY key, interval_start
        """

    def _of_rollups(self) -> str:
        """Return the same of rollups."""
        measure = self.chart.measure
        said = {"cost_usd": "cost"}.get(measure, measure)
        unsaid = f"sum({said}_unsaid)" if measure in _OF_CALLS else "toUInt64(0)"
        time = "toDateTime(minute * 60, 'UTC')"
        return f"""
        SELECT {self._key} AS key, {_interval_of(time)} AS interval_start, sum(n) AS spans,
          {_VALUES[measure].of_rollups} AS part, {unsaid} AS unsaid, false AS is_unmet
        FROM {TABLE} WHERE {self.rollups}
        GROUP BY key, interval_start
        """

    @property
    def _key(self) -> str:
        return {"": "''", "status": "['unset', 'ok', 'error'][status + 1]"}.get(self.chart.by, self.chart.by)


def _interval_of(time: str) -> str:
    return f"toDateTime(toStartOfInterval({time}, toIntervalSecond({{interval:UInt32}}), 'UTC'), 'UTC')"


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
