"""Rollups of traces: what the spans of a minute say of each trace, so that those of several minutes add up."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from typing import Final, NamedTuple

from windlass.telemetry.conventions import MODEL_CALLS
from windlass.telemetry.rollups.minutes import MINUTE
from windlass.telemetry.schema import DURABLE
from windlass.telemetry.summaries import NO_SPAN
from windlass.telemetry.tariffs import COLUMNS_TO_PRICE, Tariff

TABLE: Final = "trace_rollups"

NAMES: Final = ("environment", "release", "release_name")
"""What a trace has from its root or, where that says nothing, from any span."""


class _Column(NamedTuple):
    name: str
    type: str
    of_spans: str
    """What it is of some spans, which are priced and know whether they are roots and calls."""
    of_parts: str
    """The aggregate function by which parts of a trace add up."""


def _names() -> tuple[_Column, ...]:
    return tuple(
        column
        for name in NAMES
        for column in (
            _Column(name, "LowCardinality(String)", f"max(span.{name})", "max"),
            _Column(f"root_{name}", "LowCardinality(String)", f"maxIf(span.{name}, is_root)", "max"),
        )
    )


_MODEL: Final = "if(response_model != '', response_model, request_model)"
_MOST_UNPRICED: Final = 20


def _models_of(name: str, test: str) -> _Column:
    spans, parts = f"groupUniqArrayIf({_MOST_UNPRICED})", f"groupUniqArrayArray({_MOST_UNPRICED})"
    return _Column(name, "Array(LowCardinality(String))", f"{spans}({_MODEL}, {test})", parts)


_COLUMNS: Final = (
    _Column("start", "DateTime64(9, 'UTC')", "min(span.start_time)", "min"),
    _Column("rooted", "Bool", "max(is_root)", "max"),
    _Column("spans", "UInt64", "count()", "sum"),
    *_names(),
    _Column("of_run", "Bool", "max(span.run != '')", "max"),
    _Column("errors", "UInt64", "countIf(span.status = 2)", "sum"),
    _Column("root_errors", "UInt64", "countIf(is_root AND span.status = 2)", "sum"),
    _Column("latency", "Nullable(Int64)", "maxOrNullIf(span.duration, is_root)", "max"),
    _Column("weight", "Float64", "max(span.weight)", "max"),
    _Column("root_weight", "Float64", "maxIf(span.weight, is_root)", "max"),
    _Column("calls", "UInt64", "countIf(is_call)", "sum"),
    _Column("call_cost", "Nullable(Float64)", "sumIf(span.cost, is_call)", "sum"),
    _Column("weighted_call_cost", "Nullable(Float64)", "sumIf(span.cost * span.weight, is_call)", "sum"),
    _Column("stated_cost", "Nullable(Float64)", "max(span.cost)", "max"),
    _models_of("unpriced_calls", "is_call AND is_unpriced"),
    _models_of("unpriced_spans", "is_unpriced"),
)
COLUMNS: Final = tuple(column.name for column in _COLUMNS)

STATEMENT: Final = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
  project LowCardinality(String), minute UInt32, version DateTime64(6, 'UTC'), trace_id FixedString(16),
  {", ".join(f"{column.name} {column.type}" for column in _COLUMNS)}
) ENGINE = ReplacingMergeTree(version) PRIMARY KEY (project, minute) ORDER BY (project, minute, trace_id)
SETTINGS default_compression_codec = 'LZ4', {DURABLE}
"""
"""The rows of a minute hold whose version is the one that it was rolled up as of, with all costs of its spans."""

OF_SPANS: Final = ", ".join(f"{column.of_spans} AS {column.name}" for column in _COLUMNS)
"""What is said of a trace, of spans that ``spans_to_roll_up`` gives, priced, as ``span``."""
OF_PARTS: Final = ", ".join(f"{column.of_parts}(part.{column.name}) AS {column.name}" for column in _COLUMNS)
"""The same, of several parts of it, as ``part``."""


def spans_to_roll_up(where: str, names: str = ", ".join(NAMES)) -> str:
    """Return spans, each once, with what OF_SPANS asks of them."""
    return f"""
    SELECT trace_id, duration, status, {names}, run, weight, {", ".join(COLUMNS_TO_PRICE)},
      parent_span_id = {NO_SPAN} AS is_root, operation IN {MODEL_CALLS} AS is_call
    FROM spans FINAL WHERE {where}
    """


def roll_up_traces(tariff: Tariff, where: str) -> str:
    """Return what writes the rollups of the traces of some minutes; it takes ``project`` and ``as_of``."""
    return f"""
    INSERT INTO {TABLE} (project, version, minute, trace_id, {", ".join(COLUMNS)})
    SELECT {{project:String}}, fromUnixTimestamp64Micro({{as_of:Int64}}, 'UTC'), {MINUTE} AS minute, trace_id,
      {OF_SPANS}
    FROM ({tariff.priced(spans_to_roll_up(where))}) AS span GROUP BY minute, trace_id
    """
