"""OTLP's JSON of export requests, which is protobuf's but for its ids: they are hexadecimal."""

import base64
import binascii
from collections.abc import Callable, Iterator
from typing import TypeVar

import orjson
from google.protobuf.json_format import ParseDict, ParseError
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from windlass.errors import InputError

M = TypeVar("M", bound=Message)

_Object = dict[str, object]

_IDS = ("traceId", "trace_id", "spanId", "span_id", "parentSpanId", "parent_span_id")
_WITH_EXEMPLARS = ("gauge", "sum", "histogram", "exponentialHistogram", "exponential_histogram")


def traces_from_json(body: bytes) -> ExportTraceServiceRequest:
    """Read an export of traces. Raises InputError, as its siblings do."""
    return _read(body, ExportTraceServiceRequest(), "resourceSpans", _write_span_ids)


def logs_from_json(body: bytes) -> ExportLogsServiceRequest:
    return _read(body, ExportLogsServiceRequest(), "resourceLogs", _write_record_ids)


def metrics_from_json(body: bytes) -> ExportMetricsServiceRequest:
    return _read(body, ExportMetricsServiceRequest(), "resourceMetrics", _write_exemplar_ids)


def _read(body: bytes, message: M, top: str, translate: Callable[[_Object], None]) -> M:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InputError(f"The body is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise InputError(f"The body is not an OTLP export request: JSON of one is an object with '{top}'.")
    try:
        translate(document)
        return ParseDict(document, message, ignore_unknown_fields=True)
    except (ParseError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise InputError(f"The body is not an OTLP export request in JSON: {_one_line(error)}.") from error


def _write_span_ids(document: _Object) -> None:
    for span in _below(document, ("resourceSpans", "resource_spans"), ("scopeSpans", "scope_spans"), ("spans",)):
        for item in (span, *_objects(span, "links")):
            _ids_to_base64(item)


def _write_record_ids(document: _Object) -> None:
    path = (("resourceLogs", "resource_logs"), ("scopeLogs", "scope_logs"), ("logRecords", "log_records"))
    for record in _below(document, *path):
        _ids_to_base64(record)


def _write_exemplar_ids(document: _Object) -> None:
    path = (("resourceMetrics", "resource_metrics"), ("scopeMetrics", "scope_metrics"), ("metrics",))
    for metric in _below(document, *path):
        for kind in _WITH_EXEMPLARS:
            data = metric.get(kind)
            if isinstance(data, dict):
                for point in _objects(data, "dataPoints", "data_points"):
                    for exemplar in _objects(point, "exemplars"):
                        _ids_to_base64(exemplar)


def _below(parent: _Object, names: tuple[str, ...], *path: tuple[str, ...]) -> Iterator[_Object]:
    for item in _objects(parent, *names):
        if path:
            yield from _below(item, *path)
        else:
            yield item


def _objects(parent: _Object, *names: str) -> Iterator[_Object]:
    for name in names:
        items = parent.get(name) or []
        if not isinstance(items, list):
            raise ParseError(f"{name} is not a list")
        for item in items:
            if not isinstance(item, dict):
                raise ParseError(f"an item of {name} is not an object")
            yield item


def _ids_to_base64(item: _Object) -> None:
    for name in _IDS:
        if name in item:
            item[name] = _hex_to_base64(item[name])


def _hex_to_base64(text: object) -> str:
    if not isinstance(text, str):
        raise ParseError(f"an id is {text!r}; ids are text of hexadecimal digits")
    try:
        return base64.b64encode(binascii.unhexlify(text)).decode()
    except ValueError:
        # One byte is the length of no id: such an item is rejected and counted like one in protobuf.
        return base64.b64encode(b"?").decode()


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300].rstrip(".")
