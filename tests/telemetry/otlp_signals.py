"""Export requests of logs and metrics for tests, said briefly."""

from collections.abc import Mapping, Sequence

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    Exemplar,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
)

from .sending import START_NS, Plain, attributes, value

DELTA = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE


def record(
    trace: int = 1,
    number: int = 1,
    *,
    event: str = "gen_ai.user.message",
    time_ns: int = START_NS,
    body: Plain = None,
    said: Mapping[str, Plain] | None = None,
) -> LogRecord:
    """Return a log record of a span; 0 is no trace, or no span."""
    return LogRecord(
        trace_id=trace.to_bytes(16, "big") if trace else b"",
        span_id=number.to_bytes(8, "big") if number else b"",
        event_name=event,
        time_unix_nano=time_ns,
        body=value(body),
        attributes=attributes(said or {}),
    )


def logs(*records: LogRecord, resource: Mapping[str, Plain] | None = None) -> ExportLogsServiceRequest:
    made = ExportLogsServiceRequest()
    resource_logs = made.resource_logs.add()
    resource_logs.resource.attributes.extend(attributes(resource or {"service.name": "shop"}))
    scope_logs = resource_logs.scope_logs.add()
    scope_logs.scope.name = "tests"
    scope_logs.log_records.extend(records)
    return made


def metrics(*sent: Metric, resource: Mapping[str, Plain] | None = None) -> ExportMetricsServiceRequest:
    made = ExportMetricsServiceRequest()
    resource_metrics = made.resource_metrics.add()
    resource_metrics.resource.attributes.extend(attributes(resource or {"service.name": "shop"}))
    scope_metrics = resource_metrics.scope_metrics.add()
    scope_metrics.scope.name = "tests"
    scope_metrics.metrics.extend(sent)
    return made


def number(
    plain: float,
    *,
    time_ns: int = START_NS,
    start_ns: int = 0,
    said: Mapping[str, Plain] | None = None,
    **more: Plain,
) -> NumberDataPoint:
    made = NumberDataPoint(
        time_unix_nano=time_ns, start_time_unix_nano=start_ns, attributes=attributes({**more, **(said or {})})
    )
    if isinstance(plain, int):
        made.as_int = plain
    else:
        made.as_double = plain
    return made


def gauge(*points: NumberDataPoint, name: str = "load") -> Metric:
    made = Metric(name=name, unit="1")
    made.gauge.data_points.extend(points)
    return made


def total(
    *points: NumberDataPoint, name: str = "tokens", temporality: int = DELTA, monotonic: bool = True
) -> Metric:
    made = Metric(name=name, unit="{token}")
    made.sum.data_points.extend(points)
    made.sum.aggregation_temporality = temporality  # type: ignore[assignment]
    made.sum.is_monotonic = monotonic
    return made


def counted(
    counts: Sequence[int],
    *,
    bounds: Sequence[float] = (1.0, 2.0),
    total_of: float = 0.0,
    time_ns: int = START_NS,
    start_ns: int = 0,
    **said: Plain,
) -> HistogramDataPoint:
    return HistogramDataPoint(
        time_unix_nano=time_ns,
        start_time_unix_nano=start_ns,
        count=sum(counts),
        sum=total_of,
        bucket_counts=counts,
        explicit_bounds=bounds,
        attributes=attributes(said),
    )


def histogram(*points: HistogramDataPoint, name: str = "duration", temporality: int = DELTA) -> Metric:
    made = Metric(name=name, unit="s")
    made.histogram.data_points.extend(points)
    made.histogram.aggregation_temporality = temporality  # type: ignore[assignment]
    return made


def summary(
    quantiles: Mapping[float, float],
    *,
    count: int = 0,
    total_of: float = 0.0,
    name: str = "latency",
    time_ns: int = START_NS,
    start_ns: int = 0,
    **said: Plain,
) -> Metric:
    made = Metric(name=name, unit="s")
    point = made.summary.data_points.add(
        time_unix_nano=time_ns,
        start_time_unix_nano=start_ns,
        count=count,
        sum=total_of,
        attributes=attributes(said),
    )
    for quantile, plain in quantiles.items():
        point.quantile_values.add(quantile=quantile, value=plain)
    return made


def exemplar(plain: float, trace: int = 1, number: int = 1, *, time_ns: int = START_NS, **said: Plain) -> Exemplar:
    """Return a measurement made in a span; 0 is no trace, or no span."""
    made = Exemplar(
        time_unix_nano=time_ns,
        trace_id=trace.to_bytes(16, "big") if trace else b"",
        span_id=number.to_bytes(8, "big") if number else b"",
        filtered_attributes=attributes(said),
    )
    if isinstance(plain, int):
        made.as_int = plain
    else:
        made.as_double = plain
    return made
