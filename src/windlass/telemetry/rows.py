"""Requests as rows of the inbox: each span's own bytes, and behind them what its resource and scope say.

A protobuf message may be written in pieces, so nothing of a span is looked into here; the warehouse does that.
"""

from collections.abc import Iterable, Iterator, Mapping

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from windlass.telemetry.schema import RESOURCE_COLUMNS, RESOURCE_FIELD
from windlass.telemetry.values import encode_value

_PROJECT, _RECEIVED, _RESOURCE, _SCOPE, _SCOPE_VERSION, _SCOPE_ATTRIBUTES = 1001, 1002, 1003, 1004, 1005, 1006
_LENGTH_DELIMITED = 2
_FIXED64 = 1


def encode_rows(project: str, request: ExportTraceServiceRequest, received_ns: int) -> bytes:
    """Return the length-delimited rows of a request's spans; the request loses its unknown fields.

    Fields that OTLP does not know are dropped first: a span must not be able to name another project.
    """
    request.DiscardUnknownFields()
    received = _tag(_RECEIVED, _FIXED64) + received_ns.to_bytes(8, "little")
    ours = _text(_PROJECT, project) + received
    return b"".join(_pieces(request, ours))


def _pieces(request: ExportTraceServiceRequest, ours: bytes) -> Iterator[bytes]:
    for resource_spans in request.resource_spans:
        resource = ours + _resource(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            scope = scope_spans.scope
            shared = b"".join(
                (
                    resource,
                    _text(_SCOPE, scope.name),
                    _text(_SCOPE_VERSION, scope.version),
                    _map(_SCOPE_ATTRIBUTES, _typed_texts(scope.attributes)),
                )
            )
            for span in scope_spans.spans:
                own = span.SerializeToString()
                yield _varint(len(own) + len(shared))
                yield own
                yield shared


def _resource(attributes: Iterable[KeyValue]) -> bytes:
    texts = _typed_texts(attributes)
    columns = []
    for number, column in enumerate(RESOURCE_COLUMNS, RESOURCE_FIELD):
        found = next((texts[name][1:] for name in column.resource if texts.get(name, "n")[:1] == "s"), "")
        columns.append(_text(number, found))
    return _map(_RESOURCE, texts) + b"".join(columns)


def _typed_texts(attributes: Iterable[KeyValue]) -> dict[str, str]:
    return {attribute.key: encode_value(attribute.value) for attribute in attributes}


def _map(number: int, texts: Mapping[str, str]) -> bytes:
    return b"".join(_delimited(number, _text(1, key) + _text(2, value)) for key, value in texts.items())


def _text(number: int, text: str) -> bytes:
    return _delimited(number, text.encode()) if text else b""


def _delimited(number: int, content: bytes) -> bytes:
    return _tag(number, _LENGTH_DELIMITED) + _varint(len(content)) + content


def _tag(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _varint(number: int) -> bytes:
    if number < 128:
        return bytes((number,))
    groups = bytearray()
    while number > 127:
        groups.append(number & 127 | 128)
        number >>= 7
    groups.append(number)
    return bytes(groups)
