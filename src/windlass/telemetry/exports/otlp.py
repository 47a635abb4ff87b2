"""Stored spans as OTLP again: what comes out can be sent to any receiver, and to this one with the same result.

An attribute that fills a column has left the attribute map, and with it its name: it comes back under the column's
preferred name. From then on nothing changes any more, however often spans go out and in.
"""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ScopeSpans, Span

from windlass.storage.warehouse import Parameters, Row, Warehouse
from windlass.telemetry.conventions import BEYOND, COLUMNS, Column, is_derived
from windlass.telemetry.schema import MESSAGES
from windlass.telemetry.spans import SpanPlace, among, where_among
from windlass.telemetry.summaries import NO_SPAN, Bounds, integer, where_within, within
from windlass.telemetry.values import STRUCTURED, encode_value, read_value

_SPANS: Final = f"""
SELECT lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span,
  if(parent_span_id = {NO_SPAN}, '', lower(hex(parent_span_id))) AS parent, trace_state, name, kind,
  toUnixTimestamp64Nano(start_time) AS start_ns, duration, status, status_message,
  {", ".join(column.name for column in COLUMNS)}, scope, scope_version, scope_attributes, attributes, resource,
  events, links
FROM spans WHERE {{where}} ORDER BY received DESC LIMIT 1 BY trace_id, span_id
"""

_IDS: Final = ("traceId", "spanId", "parentSpanId")
_LETTERS: Final = {"name": "st", "text": "st", "names": "st", "integer": "i", "number": "id"}


def read_otlp(warehouse: Warehouse, project: str, bounds: Sequence[Bounds]) -> ExportTraceServiceRequest:
    """Return some traces as a request, each span as it was last delivered, in the order of their start."""
    return _read(warehouse, where_within(bounds), within(project, bounds))


def read_otlp_spans(warehouse: Warehouse, project: str, places: Sequence[SpanPlace]) -> ExportTraceServiceRequest:
    """Return some spans as a request, in the order of their start."""
    return _read(warehouse, where_among(places), among(project, places))


def _read(warehouse: Warehouse, where: str, parameters: Parameters) -> ExportTraceServiceRequest:
    rows = warehouse.query(_SPANS.format(where=where), parameters, formats=MESSAGES)
    rows.sort(key=lambda row: (integer(row["start_ns"]), str(row["trace"]), str(row["span"])))
    return _request(rows)


def otlp_json(request: ExportTraceServiceRequest) -> bytes:
    """Return a request as OTLP writes JSON: ids in hexadecimal, numbers for enumerations."""
    document = MessageToDict(request, use_integers_for_enums=True)
    for resource_spans in document.get("resourceSpans", []):
        for scope_spans in resource_spans["scopeSpans"]:
            for span in scope_spans["spans"]:
                for item in (span, *span.get("links", [])):
                    _ids_to_hex(item)
    return orjson.dumps(document)


def _ids_to_hex(item: dict[str, Any]) -> None:
    for name in _IDS:
        if name in item:
            item[name] = base64.b64decode(item[name]).hex()


def _request(rows: Iterable[Row]) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    scopes: dict[object, ScopeSpans] = {}
    for row in rows:
        resource, scope_attributes = _texts(row["resource"]), _texts(row["scope_attributes"])
        of_resource = tuple(sorted(resource.items()))
        key = (of_resource, row["scope"], row["scope_version"], tuple(sorted(scope_attributes.items())))
        if key not in scopes:
            scopes[key] = _new_scope(request, scopes, of_resource, row, scope_attributes)
        scopes[key].spans.append(_span(row, resource))
    return request


def _new_scope(
    request: ExportTraceServiceRequest,
    scopes: Mapping[object, ScopeSpans],
    of_resource: tuple[tuple[str, str], ...],
    row: Row,
    scope_attributes: Mapping[str, str],
) -> ScopeSpans:
    """Add a scope to its resource, which is added before where it is new."""
    resources = list(dict.fromkeys(key[0] for key in scopes if isinstance(key, tuple)))
    if of_resource in resources:
        resource_spans = request.resource_spans[resources.index(of_resource)]
    else:
        resource_spans = request.resource_spans.add()
        resource_spans.resource.attributes.extend(_key_values(dict(of_resource)))
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.name = str(row["scope"])
    scope_spans.scope.version = str(row["scope_version"])
    scope_spans.scope.attributes.extend(_key_values(scope_attributes))
    return scope_spans


def _span(row: Row, resource: Mapping[str, str]) -> Span:
    start_ns = integer(row["start_ns"])
    span = Span(
        trace_id=bytes.fromhex(str(row["trace"])),
        span_id=bytes.fromhex(str(row["span"])),
        parent_span_id=bytes.fromhex(str(row["parent"])),
        trace_state=str(row["trace_state"]),
        name=str(row["name"]),
        start_time_unix_nano=start_ns,
        end_time_unix_nano=start_ns + integer(row["duration"]),
        attributes=_key_values(restore_attributes(_texts(row["attributes"]), row, resource)),
        events=[Span.Event.FromString(event) for event in _list(row["events"])],
        links=[Span.Link.FromString(link) for link in _list(row["links"])],
    )
    # Set here and not above, where enumerations would want constants of their type.
    setattr(span, "kind", row["kind"])  # noqa: B010
    if row["status"] or row["status_message"]:
        span.status.message = str(row["status_message"])
        setattr(span.status, "code", row["status"])  # noqa: B010
    return span


def restore_attributes(
    attributes: Mapping[str, str], columns: Mapping[str, object], resource: Mapping[str, str]
) -> dict[str, str]:
    """Return the attributes of a span as typed texts, with those again that fill columns.

    What a column gets from an attribute that stayed, or from the resource, is not said twice.
    """
    whole = dict(attributes)
    for column in COLUMNS:
        value = columns[column.name]
        if not column.sources or value is None or not _is_to_be_said(column, value, attributes, resource):
            continue
        if name := _free_name(column, attributes):
            whole[name] = _typed_text(column, name, value)
    return whole


def _is_to_be_said(
    column: Column, value: object, attributes: Mapping[str, str], resource: Mapping[str, str]
) -> bool:
    """Tell whether the attributes in the map would give the column another value, or lose one to it."""
    filling = _filling(column, attributes)
    would_leave = filling is not None and filling not in column.kept
    return would_leave or _derived(column, attributes, resource) != value


def _filling(column: Column, attributes: Mapping[str, str]) -> str | None:
    """Return the attribute in the map that would fill a column."""
    return next((name for name in _names(column) if _fills(column, attributes.get(name, ""))), None)


def _derived(column: Column, attributes: Mapping[str, str], resource: Mapping[str, str]) -> object:
    """Return what the warehouse's view would make of the attributes that are in the map: see schema.py."""
    filling = _filling(column, attributes)
    text = "" if filling is None else attributes[filling]
    match column.type:
        case "integer":
            return int(text[1:]) if text else None
        case "number":
            return float(text[1:]) / (1000 if filling in column.milliseconds else 1) if text else None
        case _:
            said = STRUCTURED + text if column.structured and text[:1] == "t" else text[1:]
            value = column.values.get(said, said)
            shared = (resource[name][1:] for name in column.resource if resource.get(name, "n")[0] in "st")
            return value or next(shared, "")


def _fills(column: Column, text: str) -> bool:
    if text[:1] not in set(_LETTERS[column.type]):
        return False
    return column.type not in {"integer", "number"} or abs(float(text[1:])) < BEYOND


def _free_name(column: Column, attributes: Mapping[str, str]) -> str | None:
    """Return the preferred name; where an attribute has it whose type does not fit, the next one.

    There is none when all are taken: then the value was made of other attributes, and will be again.
    """
    return next((name for name in _names(column) if name not in attributes), None)


def _names(column: Column) -> Iterator[str]:
    return (name for name in column.sources if not is_derived(name))


def _typed_text(column: Column, name: str, value: object) -> str:
    match column.type:
        case "integer":
            return f"i{value}"
        case "number" if name in column.milliseconds and isinstance(value, float):
            return f"d{value * 1000!r}"
        case "number":
            return f"d{value!r}"
        case "names" if name in column.structured and value and STRUCTURED not in str(value):
            return encode_value(AnyValue(array_value=ArrayValue(values=map(_text_value, str(value).split(",")))))
        case _ if not column.structured:
            return encode_value(_text_value(str(value)))
        case _:
            return f"s{value}"


def _text_value(text: str) -> AnyValue:
    return AnyValue(string_value=text)


def _key_values(texts: Mapping[str, str]) -> list[KeyValue]:
    return [KeyValue(key=name, value=read_value(text)) for name, text in sorted(texts.items())]


def _texts(value: object) -> dict[str, str]:
    assert isinstance(value, dict)
    return value


def _list(value: object) -> Sequence[bytes]:
    assert isinstance(value, list)
    return value
