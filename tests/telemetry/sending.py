"""Requests for tests, said briefly, and what is stored of them."""

from collections.abc import Mapping, Sequence

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.models import Span as StoredSpan
from windlass.telemetry.queries import get_trace

START_NS = 1_790_000_000_000_000_000

Plain = None | bool | int | float | str | bytes | Sequence["Plain"] | Mapping[str, "Plain"]


def value(plain: Plain) -> AnyValue:
    match plain:
        case None:
            return AnyValue()
        case bool():
            return AnyValue(bool_value=plain)
        case int():
            return AnyValue(int_value=plain)
        case float():
            return AnyValue(double_value=plain)
        case str():
            return AnyValue(string_value=plain)
        case bytes():
            return AnyValue(bytes_value=plain)
        case Mapping():
            return AnyValue(kvlist_value=KeyValueList(values=attributes(plain)))
        case _:
            return AnyValue(array_value=ArrayValue(values=[value(item) for item in plain]))


def attributes(plain: Mapping[str, Plain]) -> list[KeyValue]:
    return [KeyValue(key=name, value=value(item)) for name, item in plain.items()]


def span(
    trace: int = 1,
    number: int = 1,
    *,
    parent: int = 0,
    name: str = "span",
    start_ns: int = START_NS,
    duration_ns: int = 1_000_000,
    error: bool = False,
    **plain: Plain,
) -> Span:
    """Return a span; attributes have underscores for dots, or come in ``attributes``."""
    made = Span(
        trace_id=trace.to_bytes(16, "big"),
        span_id=number.to_bytes(8, "big"),
        parent_span_id=parent.to_bytes(8, "big") if parent else b"",
        name=name,
        start_time_unix_nano=start_ns,
        end_time_unix_nano=start_ns + duration_ns,
    )
    if error:
        made.status.code = Status.STATUS_CODE_ERROR
    more = plain.pop("attributes", {})
    assert isinstance(more, Mapping)
    made.attributes.extend(attributes({**plain, **more}))
    return made


def request(*spans: Span, resource: Mapping[str, Plain] | None = None) -> ExportTraceServiceRequest:
    made = ExportTraceServiceRequest()
    resource_spans = made.resource_spans.add()
    resource_spans.resource.attributes.extend(attributes(resource or {"service.name": "shop"}))
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.name = "tests"
    scope_spans.spans.extend(spans)
    return made


def trace_id(trace: int = 1) -> str:
    return f"{trace:032x}"


def only_span(warehouse: Warehouse, project: str = "shop", trace: int = 1) -> StoredSpan:
    """Return the span of a trace that has one."""
    (found,) = get_trace(warehouse, project, trace_id(trace)).spans
    return found
