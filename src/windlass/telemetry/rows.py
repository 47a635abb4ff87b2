"""Requests as rows of the inbox: each span's own bytes, and behind them what its resource and scope say.

A protobuf message may be written in pieces, so nothing of a span is looked into here; the warehouse does that, and
derive.py for the conventions that SQL cannot read. Spans are cut out of the request as it came, because writing
them again would cost more than all else here.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from windlass.errors import InputError
from windlass.telemetry.derive import derived_attributes, may_derive
from windlass.telemetry.masking.detectors import compile_bytes
from windlass.telemetry.schema import RESOURCE_COLUMNS, RESOURCE_FIELD
from windlass.telemetry.values import encode_attributes
from windlass.telemetry.varints import read_varint, write_varint

_PROJECT, _RECEIVED, _RESOURCE, _SCOPE, _SCOPE_VERSION, _SCOPE_ATTRIBUTES = 1001, 1002, 1003, 1004, 1005, 1006
_VARINT, _FIXED64, _LENGTH_DELIMITED, _GROUP, _END_GROUP, _FIXED32 = range(6)
_RESOURCE_SPANS = 1
_SCOPE_SPANS = 2
_SPANS = 2
_ATTRIBUTES = 9


def encode_rows(project: str, request: ExportTraceServiceRequest, body: bytes, received_ns: int) -> bytes:
    """Return the length-delimited rows of the spans of a request, which is given both parsed and as its bytes.

    The request may lose its unknown fields: a span must not be able to name another project, so where the bytes
    of that field's tag occur, be it by chance, the request is written again without what OTLP does not know.
    """
    if _PROJECT_TAG.search(body):
        request.DiscardUnknownFields()
        body = request.SerializeToString()
    received = _tag(_RECEIVED, _FIXED64) + received_ns.to_bytes(8, "little")
    return b"".join(_pieces(request, body, _text(_PROJECT, project) + received))


class Row(NamedTuple):
    place: int
    """Where it began in the data that it was split from."""
    data: bytes
    """With its length before it."""


def split_rows(data: bytes) -> list[Row]:
    """Return the rows of some data."""
    rows = []
    start = 0
    while start < len(data):
        length, content = read_varint(data, start)
        rows.append(Row(start, data[start : content + length]))
        start = content + length
    return rows


def read_row(row: bytes) -> tuple[str, Span]:
    """Return the project of a row and its span. Raises DecodeError for what cannot be read."""
    try:
        _, start = read_varint(row, 0)
        *_, (first, last) = _fields(row, start, len(row), _PROJECT)
    except (IndexError, ValueError) as error:
        raise DecodeError(str(error)) from error
    return row[first:last].decode(), Span.FromString(row[start:])


def clean_row(row: bytes) -> bytes:
    """Return a row without what OTLP does not know in its span: fields of other numbers, or of another wire type.

    The engine may stumble over those, as a parser of protobuf does not. Raises InputError for what is no row.
    """
    try:
        _, start = read_varint(row, 0)
        *_, (first, last) = _fields(row, start, len(row), _PROJECT)
        ours = last - len(_delimited(_PROJECT, row[first:last]))
        span = Span.FromString(row[start:ours])
    except (IndexError, ValueError, DecodeError) as error:
        raise InputError(f"The bytes are no span and what stands behind it: {error}.") from error
    span.DiscardUnknownFields()
    own = span.SerializeToString()
    return write_varint(len(own) + len(row) - ours) + own + row[ours:]


def _pieces(request: ExportTraceServiceRequest, body: bytes, ours: bytes) -> Iterator[bytes]:
    parts = _fields(body, 0, len(body), _RESOURCE_SPANS)
    derives = may_derive(body)
    for resource_spans, (start, end) in zip(request.resource_spans, parts, strict=True):
        resource = ours + _resource(resource_spans.resource.attributes)
        for scope_spans, place in zip(
            resource_spans.scope_spans, _fields(body, start, end, _SCOPE_SPANS), strict=True
        ):
            scope = scope_spans.scope
            shared = b"".join(
                (
                    resource,
                    _text(_SCOPE, scope.name),
                    _text(_SCOPE_VERSION, scope.version),
                    _map(_SCOPE_ATTRIBUTES, encode_attributes(scope.attributes)),
                )
            )
            for at, (first, last) in enumerate(_fields(body, *place, _SPANS)):
                tail = _more(scope_spans.spans[at]) + shared if derives else shared
                yield write_varint(last - first + len(tail))
                yield body[first:last]
                yield tail


def _more(span: Span) -> bytes:
    """Return attributes that a span has not, as its bytes would have them."""
    return b"".join(
        _delimited(_ATTRIBUTES, attribute.SerializeToString()) for attribute in derived_attributes(span)
    )


def _fields(body: bytes, start: int, end: int, wanted: int) -> Iterator[tuple[int, int]]:
    """Yield where the contents of a length-delimited field begin and end, in a message that was parsed before."""
    expected = wanted << 3 | _LENGTH_DELIMITED
    while start < end:
        # This runs for every span, nearly always with a tag of one byte and a length of two.
        if body[start] == expected and (length := body[start + 1]) > 127 and (more := body[start + 2]) < 128:
            start += 3
            length += (more - 1) * 128
            yield start, start + length
            start += length
            continue
        tag, start = read_varint(body, start)
        wire_type = tag & 7
        if wire_type == _LENGTH_DELIMITED:
            length, start = read_varint(body, start)
            if tag == expected:
                yield start, start + length
            start += length
        elif wire_type == _GROUP:
            start = _end_of_group(body, start)
        else:
            start = _end_of_value(body, start, wire_type)


def _end_of_group(body: bytes, start: int) -> int:
    """Return where a group ends that begins here; OTLP has none, and readers of protobuf skip them."""
    depth = 1
    while depth:
        tag, start = read_varint(body, start)
        wire_type = tag & 7
        if wire_type in {_GROUP, _END_GROUP}:
            depth += 1 if wire_type == _GROUP else -1
        else:
            start = _end_of_value(body, start, wire_type)
    return start


def _end_of_value(body: bytes, start: int, wire_type: int) -> int:
    if wire_type == _LENGTH_DELIMITED:
        length, start = read_varint(body, start)
        return start + length
    if wire_type == _VARINT:
        return read_varint(body, start)[1]
    return start + (8 if wire_type == _FIXED64 else 4)


def _resource(attributes: Iterable[KeyValue]) -> bytes:
    texts = encode_attributes(attributes)
    columns = []
    for number, column in enumerate(RESOURCE_COLUMNS, RESOURCE_FIELD):
        found = next((texts[name][1:] for name in column.resource if texts.get(name, "n")[0] in "st"), "")
        columns.append(_text(number, found))
    return _map(_RESOURCE, texts) + b"".join(columns)


def _map(number: int, texts: Mapping[str, str]) -> bytes:
    return b"".join(_delimited(number, _text(1, key) + _text(2, value)) for key, value in texts.items())


def _text(number: int, text: str) -> bytes:
    return _delimited(number, text.encode()) if text else b""


def _delimited(number: int, content: bytes) -> bytes:
    return _tag(number, _LENGTH_DELIMITED) + write_varint(len(content)) + content


def _tag(number: int, wire_type: int) -> bytes:
    return write_varint(number << 3 | wire_type)


_PROJECT_TAG: Final = compile_bytes("".join(f"\\x{byte:02x}" for byte in _tag(_PROJECT, _LENGTH_DELIMITED)))
"""RE2 looks for it ten times as fast as Python does."""
