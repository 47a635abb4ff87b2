"""An OTLP/HTTP export request: from a body of bytes to spans worth keeping, or one clear sentence."""

import base64
import binascii
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from google.protobuf.json_format import ParseDict, ParseError
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from windlass.errors import InputError, TooLarge, UnsupportedMedia

PROTOBUF_TYPES = frozenset({"application/x-protobuf", "application/protobuf"})
JSON_TYPE = "application/json"

_TRACE_ID_BYTES = 16
_SPAN_ID_BYTES = 8
_NO_TRACE = bytes(_TRACE_ID_BYTES)
_NO_SPAN = bytes(_SPAN_ID_BYTES)
_PARENT_BYTES = (0, _SPAN_ID_BYTES)
_LATEST_TIME_NS = 2**63 - 1
_INFLATE_STEP = 1 << 20


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


def parse_export(body: bytes, *, content_type: str, content_encoding: str, limit_bytes: int) -> ParsedExport:
    """Read an OTLP trace export in protobuf or JSON, plain or gzipped.

    Spans that cannot be kept (an id of a wrong length or of zeros, no start time) are taken out and counted.
    Raises UnsupportedMedia for another content type or encoding, TooLarge when the body is over the limit
    before or after inflating (never inflating further than that), InputError when it cannot be read.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in PROTOBUF_TYPES and media_type != JSON_TYPE:
        raise UnsupportedMedia(
            f"The content type {content_type!r} is not read here; send application/x-protobuf or application/json."
        )
    plain = _inflate(body, content_encoding.strip().lower(), limit_bytes)
    if media_type == JSON_TYPE:
        return _without_impossible_spans(_from_json(plain), None)
    return _without_impossible_spans(_from_protobuf(plain), plain)


def _inflate(body: bytes, encoding: str, limit: int) -> bytes:
    if encoding not in {"", "identity", "gzip"}:
        raise UnsupportedMedia(f"The content encoding {encoding!r} is not read here; send gzip or identity.")
    if len(body) > limit:
        raise TooLarge(f"The body has {len(body)} bytes and the limit is {limit}; export smaller batches.")
    return _gunzip(body, limit) if encoding == "gzip" else body


def _gunzip(body: bytes, limit: int) -> bytes:
    """Inflate one or more gzip members, in steps, so that a bomb costs no more memory than the limit."""
    pieces: list[bytes] = []
    size = 0
    rest = body
    while rest:
        inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            while not inflater.eof:
                piece = inflater.decompress(rest, _INFLATE_STEP)
                rest = inflater.unconsumed_tail or inflater.unused_data
                size += len(piece)
                if size > limit:
                    raise TooLarge(
                        f"The body inflates to more than the limit of {limit} bytes; export smaller batches."
                    )
                pieces.append(piece)
                if not piece and not rest and not inflater.eof:
                    raise InputError("The gzip body ends too early: it was cut off on its way; send it again.")
        except zlib.error as error:
            raise InputError(f"The body is not the gzip that its content encoding says: {error}.") from error
    return b"".join(pieces)


def _from_protobuf(body: bytes) -> ExportTraceServiceRequest:
    try:
        return ExportTraceServiceRequest.FromString(body)
    except DecodeError as error:
        raise InputError(
            "The body is not an OTLP ExportTraceServiceRequest in protobuf: it is truncated or something else."
        ) from error


def _from_json(body: bytes) -> ExportTraceServiceRequest:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InputError(f"The body is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise InputError("The body is not an OTLP export request: JSON of one is an object with 'resourceSpans'.")
    try:
        for span in _spans_of_json(document):
            _ids_to_base64(span)
        return ParseDict(document, ExportTraceServiceRequest(), ignore_unknown_fields=True)
    except (ParseError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise InputError(f"The body is not an OTLP export request in JSON: {_one_line(error)}.") from error


def _spans_of_json(document: dict[str, object]) -> Iterator[dict[str, object]]:
    for resource_spans in _objects(document, "resourceSpans", "resource_spans"):
        for scope_spans in _objects(resource_spans, "scopeSpans", "scope_spans"):
            yield from _objects(scope_spans, "spans")


def _objects(parent: dict[str, object], *names: str) -> Iterator[dict[str, object]]:
    for name in names:
        items = parent.get(name) or []
        if not isinstance(items, list):
            raise ParseError(f"{name} is not a list")
        for item in items:
            if not isinstance(item, dict):
                raise ParseError(f"an item of {name} is not an object")
            yield item


def _ids_to_base64(span: dict[str, object]) -> None:
    """OTLP writes ids in hexadecimal, against the rule of protobuf's JSON, which wants base64."""
    for item in (span, *_objects(span, "links")):
        for name in ("traceId", "trace_id", "spanId", "span_id", "parentSpanId", "parent_span_id"):
            if name in item:
                item[name] = _hex_to_base64(item[name])


def _hex_to_base64(text: object) -> str:
    if not isinstance(text, str):
        raise ParseError(f"an id is {text!r}; ids are text of hexadecimal digits")
    try:
        return base64.b64encode(binascii.unhexlify(text)).decode()
    except ValueError:
        # One byte is the length of no id: such a span is rejected and counted like one in protobuf.
        return base64.b64encode(b"?").decode()


def _without_impossible_spans(message: ExportTraceServiceRequest, body: bytes | None) -> ParsedExport:
    accepted = 0
    problems: Counter[str] = Counter()
    for resource_spans in message.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            found = [(at, problem) for at, span in enumerate(scope_spans.spans) if (problem := _problem_of(span))]
            for position, problem in reversed(found):
                del scope_spans.spans[position]
                problems[problem] += 1
            accepted += len(scope_spans.spans)
    reason = "; ".join(f"{count} with {problem}" for problem, count in problems.most_common())
    rejected = problems.total()
    if rejected or body is None:
        body = message.SerializeToString()
    return ParsedExport(message, body, accepted, rejected, f"Spans rejected: {reason}." if rejected else "")


def _problem_of(span: Span) -> str | None:
    """Return why a span cannot be kept."""
    trace_id, span_id = span.trace_id, span.span_id
    if len(trace_id) != _TRACE_ID_BYTES or trace_id == _NO_TRACE:
        return "a trace id that is not 16 bytes, or all zeros"
    if len(span_id) != _SPAN_ID_BYTES or span_id == _NO_SPAN:
        return "a span id that is not 8 bytes, or all zeros"
    if len(span.parent_span_id) not in _PARENT_BYTES:
        return "a parent span id that is not 8 bytes"
    start = span.start_time_unix_nano
    if not start:
        return "no start time"
    if start > _LATEST_TIME_NS or span.end_time_unix_nano > _LATEST_TIME_NS:
        return "a time after the year 2262"
    return None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300].rstrip(".")
