"""Points of metrics in the warehouse, and what they amount to in a time range."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from windlass.storage.warehouse import Row, Step, Warehouse
from windlass.telemetry import metric_exemplars
from windlass.telemetry.otlp.metrics import Kind, MetricPoint
from windlass.telemetry.schema import DURABLE
from windlass.telemetry.summaries import instant, integer

TABLE: Final = "metric_points"

_POINTS: Final = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
  project LowCardinality(String), name LowCardinality(String), kind LowCardinality(String),
  unit LowCardinality(String), description LowCardinality(String), cumulative Bool, monotonic Bool,
  start_ns Int64, time_ns Int64 CODEC(Delta, LZ4), attributes Map(LowCardinality(String), String),
  resource Map(LowCardinality(String), String), scope LowCardinality(String), series UInt64,
  value Float64, count UInt64, sum Nullable(Float64), min Nullable(Float64), max Nullable(Float64),
  bounds Array(Float64), buckets Array(UInt64), received_ns Int64
) ENGINE = ReplacingMergeTree(received_ns) ORDER BY (project, name, time_ns, series, start_ns)
SETTINGS index_granularity = 1024, {DURABLE}
"""

_QUANTILES: Final = f"""
ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS quantiles Array(Float64) AFTER buckets,
  ADD COLUMN IF NOT EXISTS quantile_values Array(Float64) AFTER quantiles
"""

STEPS: Final = (
    Step(1, "points of metrics", (_POINTS,)),
    Step(2, "quantiles of summaries, and exemplars", (_QUANTILES, metric_exemplars.CREATE)),
)


class MetricName(BaseModel):
    """A metric of which there are points."""

    name: str
    kind: Kind
    unit: str
    description: str
    points: int
    last: datetime


def rows_of(project: str, points: Iterable[MetricPoint], received_ns: int) -> list[Row]:
    return [{"project": project, **vars(point), "received_ns": received_ns} for point in points]


def list_metrics(warehouse: Warehouse, project: str) -> list[MetricName]:
    """Return the metrics of a project, by name."""
    rows = warehouse.query(
        f"""
        SELECT name, kind, argMax(unit, time_ns) AS unit, argMax(description, time_ns) AS description,
          count() AS points, max(time_ns) AS last_ns
        FROM {TABLE} FINAL WHERE project = {{project:String}} GROUP BY name, kind ORDER BY name, kind
        """,
        {"project": project},
    )
    return [MetricName.model_validate({**row, "last": instant(integer(row["last_ns"]))}) for row in rows]
