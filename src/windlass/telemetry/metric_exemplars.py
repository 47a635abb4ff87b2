"""Exemplars of metrics in the warehouse, and the newest of them."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from pydantic import BaseModel, JsonValue

from windlass.storage.warehouse import Row, Warehouse
from windlass.telemetry.otlp.exemplars import Exemplar
from windlass.telemetry.schema import DURABLE
from windlass.telemetry.summaries import instant, integer
from windlass.telemetry.values import decode_attributes

TABLE: Final = "metric_exemplars"

CREATE: Final = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
  project LowCardinality(String), name LowCardinality(String), series UInt64, time_ns Int64 CODEC(Delta, LZ4),
  value Float64, trace_id String, span_id String, attributes Map(LowCardinality(String), String),
  resource Map(LowCardinality(String), String), digest UInt64, received_ns Int64
) ENGINE = ReplacingMergeTree(received_ns) ORDER BY (project, name, time_ns, series, trace_id, span_id, digest)
SETTINGS index_granularity = 1024, {DURABLE}
"""

_OF_A_SERIES: Final = 10
_OF_ALL: Final = 10_000


class MetricExemplar(BaseModel):
    """A single measurement."""

    time: datetime
    value: float
    trace_id: str
    """Of the trace in which it was made; empty when it was made in none."""
    span_id: str
    attributes: dict[str, JsonValue]


def rows_of(project: str, exemplars: Iterable[Exemplar], received_ns: int) -> list[Row]:
    return [{"project": project, **exemplar._asdict(), "received_ns": received_ns} for exemplar in exemplars]


def newest_exemplars(
    warehouse: Warehouse, project: str, name: str, since_ns: int, until_ns: int
) -> Mapping[int, list[MetricExemplar]]:
    """Return the newest exemplars of a metric in a time range by their series, newest first."""
    rows = warehouse.query(
        f"""
        SELECT series, time_ns, value, trace_id, span_id, attributes FROM {TABLE} FINAL
        WHERE project = {{project:String}} AND name = {{name:String}}
          AND time_ns >= {{since:Int64}} AND time_ns < {{until:Int64}}
        ORDER BY time_ns DESC, digest LIMIT {_OF_A_SERIES} BY series LIMIT {_OF_ALL}
        """,
        {"project": project, "name": name, "since": since_ns, "until": until_ns},
    )
    found: dict[int, list[MetricExemplar]] = defaultdict(list)
    for row in rows:
        texts = row["attributes"]
        assert isinstance(texts, dict)
        found[integer(row["series"])].append(
            MetricExemplar.model_validate(
                {**row, "time": instant(integer(row["time_ns"])), "attributes": decode_attributes(texts)}
            )
        )
    return found
