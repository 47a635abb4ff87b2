"""An OTLP export of traces: from a body of bytes to spans worth keeping, or one clear sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from windlass.telemetry.otlp.bodies import Body, read_body
from windlass.telemetry.otlp.json_bodies import traces_from_json
from windlass.telemetry.otlp.limits import Limits, Rejections
from windlass.telemetry.otlp.protobuf import Read, read_protobuf

_TRACE_ID_BYTES = 16
_SPAN_ID_BYTES = 8
_NO_TRACE = bytes(_TRACE_ID_BYTES)
_NO_SPAN = bytes(_SPAN_ID_BYTES)
_PARENT_BYTES = (0, _SPAN_ID_BYTES)
LATEST_TIME_NS: Final = 2**63 - 1
_NO_LIMITS: Final = Limits()
_ASKED: Final = attrgetter(
    "trace_id", "span_id", "parent_span_id", "start_time_unix_nano", "end_time_unix_nano", "attributes"
)


@dataclass(frozen=True)
class ParsedExport:
    """The spans of a request that can be kept, and what became of the others."""

    message: ExportTraceServiceRequest
    body: bytes
    """The serialised ExportTraceServiceRequest of the accepted spans."""
    accepted: int
    rejected: int
    reason: str
    """Why spans were rejected, for ``partial_success.error_message``; empty when none was."""


def parse_export(
    body: bytes, *, content_type: str, content_encoding: str, limit_bytes: int, limits: Limits = _NO_LIMITS
) -> ParsedExport:
    """Read an OTLP trace export in protobuf or JSON, compressed or not; raises what ``read_body`` says."""
    plain = read_body(body, content_type=content_type, content_encoding=content_encoding, limit_bytes=limit_bytes)
    return parse_traces(plain, limits)


def parse_traces(body: Body, limits: Limits = _NO_LIMITS) -> ParsedExport:
    """Read an export of traces. Spans that cannot be kept are taken out and counted.

    Those are spans over a limit, with an id of a wrong length or of zeros, or with no start time. Raises
    InputError when it cannot be read.
    """
    if body.is_json:
        message = traces_from_json(body.data)
        return _without_impossible_spans(Read(message, may_be_deep=True), None, limits)
    return _without_impossible_spans(
        read_protobuf(ExportTraceServiceRequest, body.data, limits.depth), body.data, limits
    )


def _without_impossible_spans(
    read: Read[ExportTraceServiceRequest], body: bytes | None, limits: Limits
) -> ParsedExport:
    message = read.message
    # No value is over a limit in a request that nests little and is no longer than one value may be.
    every_value = read.may_be_deep or body is None or len(body) > limits.value_bytes
    accepted = 0
    rejections = Rejections("Spans")
    for resource_spans in message.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            spans = scope_spans.spans
            problems = _problems_of(spans, limits.attributes)
            if every_value or _has_many(resource_spans, scope_spans, limits.attributes):
                problems = _over_limits(resource_spans, scope_spans, limits) | problems
            for at, problem in sorted(problems.items(), reverse=True):
                del spans[at]
                rejections.add(problem)
            if accepted + len(spans) > limits.items:
                rejections.add(f"a place after the first {limits.items}", accepted + len(spans) - limits.items)
                del spans[limits.items - accepted :]
            accepted += len(spans)
    if rejections.total or body is None:
        body = message.SerializeToString()
    return ParsedExport(message, body, accepted, rejections.total, rejections.reason)


def _problems_of(spans: Iterable[Span], most_attributes: int) -> dict[int, str]:
    """Return which spans cannot be kept, by their place, and why.

    This runs for every span: what is asked is fetched in one call of C, and seldom looked at twice.
    """
    return {
        place: _problem_of(trace_id, span_id, parent_id, start, end, most_attributes)
        for place, (trace_id, span_id, parent_id, start, end, attributes) in enumerate(map(_ASKED, spans))
        if len(trace_id) != _TRACE_ID_BYTES
        or trace_id == _NO_TRACE
        or len(span_id) != _SPAN_ID_BYTES
        or span_id == _NO_SPAN
        or len(parent_id) not in _PARENT_BYTES
        or not 0 < start <= LATEST_TIME_NS
        or end > LATEST_TIME_NS
        or len(attributes) > most_attributes
    }


def _problem_of(trace_id: bytes, span_id: bytes, parent_id: bytes, start: int, end: int, most: int) -> str:
    if len(trace_id) != _TRACE_ID_BYTES or trace_id == _NO_TRACE:
        return "a trace id that is not 16 bytes, or all zeros"
    if len(span_id) != _SPAN_ID_BYTES or span_id == _NO_SPAN:
        return "a span id that is not 8 bytes, or all zeros"
    if len(parent_id) not in _PARENT_BYTES:
        return "a parent span id that is not 8 bytes"
    if not start:
        return "no start time"
    if max(start, end) > LATEST_TIME_NS:
        return "a time after the year 2262"
    return f"more than {most} attributes"


def _has_many(resource_spans: ResourceSpans, scope_spans: ScopeSpans, most: int) -> bool:
    return len(resource_spans.resource.attributes) > most or len(scope_spans.scope.attributes) > most


def _over_limits(resource_spans: ResourceSpans, scope_spans: ScopeSpans, limits: Limits) -> dict[int, str]:
    """Return which spans are over a limit, by their place, and over which."""
    shared = limits.problem_of_shared(resource_spans.resource.attributes, scope_spans.scope.attributes)
    return {
        at: problem for at, span in enumerate(scope_spans.spans) if (problem := shared or _excess_of(span, limits))
    }


def _excess_of(span: Span, limits: Limits) -> str | None:
    return (
        limits.problem_of(span.attributes)
        or _first(limits.problem_of_values(event.attributes, "an event's attribute") for event in span.events)
        or _first(limits.problem_of_values(link.attributes, "a link's attribute") for link in span.links)
    )


def _first(problems: Iterable[str | None]) -> str | None:
    return next(filter(None, problems), None)
