"""An OTLP export of metrics: from a body to points worth keeping."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, Literal, NamedTuple, TypeAlias

import orjson
from google.protobuf.message import Message
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    DataPointFlags,
    ExponentialHistogramDataPoint,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
    SummaryDataPoint,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    Exemplar as OtlpExemplar,
)

from windlass.telemetry.buckets import MOST_BUCKETS, Buckets, from_exponential, problem_of_buckets
from windlass.telemetry.otlp.bodies import Body, Clean
from windlass.telemetry.otlp.exemplars import Exemplar, exemplars_of, problem_of_exemplars
from windlass.telemetry.otlp.json_bodies import metrics_from_json
from windlass.telemetry.otlp.limits import Limits, Rejections
from windlass.telemetry.otlp.protobuf import read_protobuf
from windlass.telemetry.summaries import LATEST_NS
from windlass.telemetry.values import encode_attributes

Kind = Literal["gauge", "sum", "histogram", "summary"]

_Point: TypeAlias = NumberDataPoint | HistogramDataPoint | ExponentialHistogramDataPoint | SummaryDataPoint

_NO_LIMITS: Final = Limits()
_KINDS: Final[dict[str, Kind]] = {
    "gauge": "gauge",
    "sum": "sum",
    "histogram": "histogram",
    "exponential_histogram": "histogram",
    "summary": "summary",
}
_HAVE_TEMPORALITY: Final = frozenset({"sum", "histogram", "exponential_histogram"})
_TEMPORALITIES: Final = {
    AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA,
    AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE,
}
_SCALES: Final = range(-10, 21)


@dataclass(frozen=True)
class MetricPoint:
    """A data point as it is stored: values of attributes are typed texts (see values.py)."""

    name: str
    kind: Kind
    unit: str
    description: str
    cumulative: bool
    """Whether it says how much there was since the start, and not since the point before."""
    monotonic: bool
    start_ns: int
    time_ns: int
    attributes: dict[str, str]
    resource: dict[str, str]
    scope: str
    series: int
    """Digest of everything that tells its series from others of the name."""
    value: float
    """Of gauges and sums."""
    count: int
    sum: float | None
    min: float | None
    max: float | None
    bounds: list[float]
    buckets: list[int]
    """Of histograms, one more than bounds; an exponential histogram is kept with the bounds that it means."""
    quantiles: list[float] = field(default_factory=list)
    """Of summaries: which quantiles it says, from 0 to 1."""
    quantile_values: list[float] = field(default_factory=list)


class ParsedMetrics(NamedTuple):
    points: list[MetricPoint]
    exemplars: list[Exemplar]
    rejected: int
    reason: str


class _Origin(NamedTuple):
    """What the points of one metric share."""

    metric: Metric
    kind: Kind
    cumulative: bool
    monotonic: bool
    resource: dict[str, str]
    scope: str


def parse_metrics(body: Body, limits: Limits = _NO_LIMITS, clean: Clean | None = None) -> ParsedMetrics:
    """Read an export of metrics. Points that cannot be kept are left out and counted.

    Those are points over a limit, without a time, with a number or an exemplar that is none. What is kept goes
    through ``clean`` first, which changes the message in place. Raises InputError when it cannot be read.
    """
    message = _read(body, limits)
    if clean is not None:
        clean(message, body.data)
    rejections = Rejections("Data points")
    points: list[MetricPoint] = []
    exemplars: list[Exemplar] = []
    for resource_metrics in message.resource_metrics:
        resource = encode_attributes(resource_metrics.resource.attributes)
        for scope_metrics in resource_metrics.scope_metrics:
            shared = limits.problem_of_shared(resource_metrics.resource.attributes, scope_metrics.scope.attributes)
            for metric in scope_metrics.metrics:
                problem = shared or _problem_of_metric(metric)
                origin = _origin(metric, resource, scope_metrics.scope.name)
                for point in _points_of(metric):
                    if found := problem or _problem_of(point, limits):
                        rejections.add(found)
                    elif len(points) >= limits.items:
                        rejections.add(f"a place after the first {limits.items}")
                    elif not point.flags & DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK:
                        points.append(stored := _stored(point, origin))
                        exemplars += exemplars_of(
                            _exemplars_in(point), stored.name, stored.series, stored.attributes, resource
                        )
    return ParsedMetrics(points, exemplars, rejections.total, rejections.reason)


def _read(body: Body, limits: Limits) -> ExportMetricsServiceRequest:
    if body.is_json:
        return metrics_from_json(body.data)
    return read_protobuf(ExportMetricsServiceRequest, body.data, limits.depth).message


def _problem_of_metric(metric: Metric) -> str | None:
    """Return why no point of a metric can be kept."""
    kind = metric.WhichOneof("data")
    if not metric.name:
        return "no name"
    if (
        kind not in {None, "gauge", "summary"}
        and getattr(metric, kind).aggregation_temporality not in _TEMPORALITIES
    ):
        return "no temporality"
    return None


def _points_of(metric: Metric) -> Iterable[_Point]:
    kind = metric.WhichOneof("data")
    return getattr(metric, kind).data_points if kind else ()


def _origin(metric: Metric, resource: dict[str, str], scope: str) -> _Origin:
    kind = metric.WhichOneof("data") or "gauge"
    data = getattr(metric, kind)
    cumulative = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
    return _Origin(
        metric,
        _KINDS.get(kind, "gauge"),
        # A summary has no temporality, and counts from its start.
        kind == "summary" or getattr(data, "aggregation_temporality", None) == cumulative,
        getattr(data, "is_monotonic", False),
        resource,
        scope,
    )


def _problem_of(point: _Point, limits: Limits) -> str | None:
    """Return why a point cannot be kept."""
    if not point.time_unix_nano:
        return "no time"
    if max(point.time_unix_nano, point.start_time_unix_nano) > LATEST_NS:
        return "a time after the year 2262"
    if not all(map(math.isfinite, _numbers_of(point))):
        return "a number that is not finite"
    if isinstance(point, HistogramDataPoint):
        problem = problem_of_buckets(point.explicit_bounds, point.bucket_counts)
    elif isinstance(point, ExponentialHistogramDataPoint):
        problem = _problem_of_exponential(point)
    elif isinstance(point, SummaryDataPoint):
        problem = _problem_of_summary(point)
    else:
        problem = None
    return problem or limits.problem_of(point.attributes) or problem_of_exemplars(_exemplars_in(point), limits)


def _exemplars_in(point: _Point) -> Sequence[OtlpExemplar]:
    return () if isinstance(point, SummaryDataPoint) else point.exemplars


def _problem_of_summary(point: SummaryDataPoint) -> str | None:
    if len(point.quantile_values) > MOST_BUCKETS:
        return f"more than {MOST_BUCKETS} quantiles"
    if not all(0 <= one.quantile <= 1 for one in point.quantile_values):
        return "a quantile that is not between 0 and 1"
    return "a number that is not finite" if any(math.isinf(one.value) for one in point.quantile_values) else None


def _problem_of_exponential(point: ExponentialHistogramDataPoint) -> str | None:
    if point.scale not in _SCALES:
        return f"a scale that is not between {_SCALES[0]} and {_SCALES[-1]}"
    if len(point.positive.bucket_counts) + len(point.negative.bucket_counts) > MOST_BUCKETS:
        return f"more than {MOST_BUCKETS} buckets"
    return None if math.isfinite(point.zero_threshold) else "a number that is not finite"


def _numbers_of(point: _Point) -> Iterator[float]:
    if isinstance(point, NumberDataPoint):
        yield point.as_double
    else:
        yield point.sum
        yield from (getattr(point, name) for name in ("min", "max") if hasattr(point, name))


def _stored(point: _Point, origin: _Origin) -> MetricPoint:
    attributes = encode_attributes(point.attributes)
    value, count, buckets = 0.0, 0, Buckets([], [])
    quantiles: list[SummaryDataPoint.ValueAtQuantile] = []
    if isinstance(point, NumberDataPoint):
        value = float(point.as_int) if point.WhichOneof("value") == "as_int" else point.as_double
    elif isinstance(point, SummaryDataPoint):
        count = point.count
        # Prometheus says NaN where nothing was observed of late.
        quantiles = [one for one in point.quantile_values if not math.isnan(one.value)]
    else:
        count = point.count
        buckets = _buckets_of(point)
    metric = origin.metric
    return MetricPoint(
        name=metric.name,
        kind=origin.kind,
        unit=metric.unit,
        description=metric.description,
        cumulative=origin.cumulative,
        monotonic=origin.monotonic,
        start_ns=point.start_time_unix_nano,
        time_ns=point.time_unix_nano,
        attributes=attributes,
        resource=origin.resource,
        scope=origin.scope,
        series=_series(origin, attributes),
        value=value,
        count=count,
        sum=point.sum if isinstance(point, SummaryDataPoint) else _optional(point, "sum"),
        min=_optional(point, "min"),
        max=_optional(point, "max"),
        bounds=buckets.bounds,
        buckets=buckets.counts,
        quantiles=[one.quantile for one in quantiles],
        quantile_values=[one.value for one in quantiles],
    )


def _buckets_of(point: HistogramDataPoint | ExponentialHistogramDataPoint) -> Buckets:
    if isinstance(point, HistogramDataPoint):
        return Buckets(list(point.explicit_bounds), list(point.bucket_counts))
    return from_exponential(point)


def _optional(point: Message, name: str) -> float | None:
    is_there = name in point.DESCRIPTOR.fields_by_name and point.HasField(name)
    return float(getattr(point, name)) if is_there else None


def _series(origin: _Origin, attributes: dict[str, str]) -> int:
    told: Sequence[object] = (
        origin.kind,
        origin.metric.unit,
        origin.cumulative,
        origin.monotonic,
        origin.scope,
        origin.resource,
        attributes,
    )
    return int.from_bytes(blake2b(orjson.dumps(told, option=orjson.OPT_SORT_KEYS), digest_size=8).digest(), "big")
