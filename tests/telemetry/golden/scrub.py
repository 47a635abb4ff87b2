"""What a recording must not say: where it was made. And what would differ each time: ids and the date."""

from collections.abc import Iterable, Iterator, Mapping, MutableSequence
from typing import Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

_PLACES: Final = ("host.", "os.", "process.", "service.instance.id", "code.", "thread.", "exception.stacktrace")
"""Attributes of these names are of the machine and say nothing of the instrumentation."""
_START_NS: Final = 1_793_500_000_000_000_000


def scrub(request: ExportTraceServiceRequest, replaced: Mapping[str, str], port: int) -> None:
    """Take out of a recording what is of the machine, replace texts, number its ids and move it to one date."""
    spans = [span for part in request.resource_spans for scope in part.scope_spans for span in scope.spans]
    traces = {b"": b""}
    ids = {b"": b""}
    for span in sorted(spans, key=lambda span: span.start_time_unix_nano):
        traces.setdefault(span.trace_id, len(traces).to_bytes(16, "big"))
        ids.setdefault(span.span_id, len(ids).to_bytes(8, "big"))
    moved = _START_NS - min(span.start_time_unix_nano for span in spans)
    texts = {
        **replaced,
        **{old.hex(): new.hex() for old, new in traces.items() if old},
        **{old.hex(): new.hex() for old, new in ids.items() if old},
    }
    for part in request.resource_spans:
        _without_places(part.resource.attributes)
        for value in _values(part.resource.attributes):
            _replace(value, texts, port)
        for scope in part.scope_spans:
            scope.spans.sort(key=lambda span: span.start_time_unix_nano)
    for span in spans:
        _renumber(span, traces, ids, moved)
        for attributes in (span.attributes, *(event.attributes for event in span.events)):
            _without_places(attributes)
            for value in _values(attributes):
                _replace(value, texts, port)
        for text, other in texts.items():
            span.status.message = span.status.message.replace(text, other)


def _renumber(span: Span, traces: Mapping[bytes, bytes], ids: Mapping[bytes, bytes], moved: int) -> None:
    span.trace_id, span.span_id = traces[span.trace_id], ids[span.span_id]
    span.parent_span_id = ids.get(span.parent_span_id, b"\0" * 7 + b"\xff")
    span.start_time_unix_nano += moved
    span.end_time_unix_nano += moved
    for event in span.events:
        event.time_unix_nano += moved
    for link in span.links:
        link.trace_id, link.span_id = traces.get(link.trace_id, b"\1" * 16), ids.get(link.span_id, b"\1" * 8)


def _without_places(attributes: MutableSequence[KeyValue]) -> None:
    for at in range(len(attributes) - 1, -1, -1):
        if attributes[at].key.startswith(_PLACES):
            del attributes[at]


def _values(attributes: Iterable[KeyValue]) -> Iterator[AnyValue]:
    for attribute in attributes:
        yield from _parts(attribute.value)


def _parts(value: AnyValue) -> Iterator[AnyValue]:
    match value.WhichOneof("value"):
        case "array_value":
            for item in value.array_value.values:
                yield from _parts(item)
        case "kvlist_value":
            yield from _values(value.kvlist_value.values)
        case _:
            yield value


def _replace(value: AnyValue, texts: Mapping[str, str], port: int) -> None:
    match value.WhichOneof("value"):
        case "int_value" if value.int_value == port:
            value.int_value = 8080
        case "string_value":
            for text, other in texts.items():
                if text in value.string_value:
                    value.string_value = value.string_value.replace(text, other)
