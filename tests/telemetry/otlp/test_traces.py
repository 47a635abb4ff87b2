import base64
import gzip
import json
import tracemalloc
import zlib
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.telemetry.sending import Plain, request, span
from windlass.errors import InputError, TooLarge, UnsupportedMedia
from windlass.telemetry.otlp.traces import ParsedExport, parse_export

LIMIT = 1_000_000
PROTOBUF = "application/x-protobuf"


def parse(body: bytes, *, media: str = PROTOBUF, encoding: str = "", limit: int = LIMIT) -> ParsedExport:
    return parse_export(body, content_type=media, content_encoding=encoding, limit_bytes=limit)


def otlp_json(message: ExportTraceServiceRequest) -> bytes:
    """Return OTLP's JSON of a request: protobuf's, but ids in hexadecimal."""
    document: dict[str, Any] = MessageToDict(message)
    for resource_spans in document.get("resourceSpans", []):
        for scope_spans in resource_spans.get("scopeSpans", []):
            for made in scope_spans.get("spans", []):
                for item in (made, *made.get("links", [])):
                    for name in {"traceId", "spanId", "parentSpanId"} & item.keys():
                        item[name] = base64.b64decode(item[name]).hex()
    return json.dumps(document).encode()


PLAIN: st.SearchStrategy[Plain] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc.", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.text("xyz.", max_size=4), PLAIN, max_size=5), st.integers(1, 2**63 - 10**9), st.booleans()
)
def test_json_and_protobuf_of_a_request_say_the_same(plain: dict[str, Plain], start_ns: int, error: bool) -> None:
    made = span(start_ns=start_ns, error=error, parent=7, attributes=plain)
    made.events.add(name="said", time_unix_nano=start_ns).attributes.extend(span(attributes=plain).attributes)
    made.links.add(trace_id=b"t" * 16, span_id=b"s" * 8)
    message = request(made)

    assert parse(otlp_json(message), media="application/json").message == message
    assert parse(message.SerializeToString()).message == message


def test_an_accepted_request_is_handed_on_whole() -> None:
    parsed = parse(request(span(), span(number=2)).SerializeToString())

    assert (parsed.accepted, parsed.rejected, parsed.reason) == (2, 0, "")
    assert ExportTraceServiceRequest.FromString(parsed.body) == parsed.message


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (Span(trace_id=b"short"), "a trace id that is not 16 bytes, or all zeros"),
        (Span(trace_id=bytes(16)), "a trace id that is not 16 bytes, or all zeros"),
        (Span(span_id=b"much too long"), "a span id that is not 8 bytes, or all zeros"),
        (Span(span_id=bytes(8)), "a span id that is not 8 bytes, or all zeros"),
        (Span(parent_span_id=b"odd"), "a parent span id that is not 8 bytes"),
        (Span(start_time_unix_nano=2**63), "a time after the year 2262"),
        (Span(end_time_unix_nano=2**64 - 1), "a time after the year 2262"),
    ],
    ids=[
        "short trace id",
        "zero trace id",
        "long span id",
        "zero span id",
        "odd parent",
        "late start",
        "late end",
    ],
)
def test_an_impossible_span_is_rejected_alone(damage: Span, reason: str) -> None:
    broken = span(number=2)
    broken.MergeFrom(damage)

    parsed = parse(request(span(number=1), broken, span(number=3)).SerializeToString())

    assert (parsed.accepted, parsed.rejected) == (2, 1)
    assert parsed.reason == f"Spans rejected: 1 with {reason}."
    kept = parsed.message.resource_spans[0].scope_spans[0].spans
    assert [made.span_id[-1] for made in kept] == [1, 3]


def test_a_span_without_a_start_is_rejected() -> None:
    parsed = parse(request(span(start_ns=0)).SerializeToString())

    assert (parsed.accepted, parsed.rejected, parsed.reason) == (0, 1, "Spans rejected: 1 with no start time.")


@pytest.mark.parametrize("text", ["xyz", "", "0" * 32, "ab" * 15])
def test_a_json_span_with_an_impossible_id_is_rejected_alone(text: str) -> None:
    document = json.loads(otlp_json(request(span(), span(number=2))))
    document["resourceSpans"][0]["scopeSpans"][0]["spans"][1]["traceId"] = text

    parsed = parse(json.dumps(document).encode(), media="application/json")

    assert (parsed.accepted, parsed.rejected) == (1, 1)


def test_json_takes_integers_as_text_or_number_and_ignores_unknown_fields() -> None:
    document = json.loads(otlp_json(request(span(n=5))))
    made = document["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    assert made["attributes"][0]["value"] == {"intValue": "5"}
    made["attributes"][0]["value"] = {"intValue": 5}
    made["startTimeUnixNano"] = int(made["startTimeUnixNano"])
    made["traceId"] = made["traceId"].upper()
    document["fromTheFuture"] = {"yes": True}

    parsed = parse(json.dumps(document).encode(), media="application/json; charset=utf-8")

    assert parsed.message == request(span(n=5))


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"3", b"null", b'{"resourceSpans": 1}', b'{"resourceSpans": [7]}', b"\xff",
     b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": 5}]}]}]}',
     b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": 5}]}]}]}',
     b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"startTimeUnixNano": "x"}]}]}]}'],
)  # fmt: skip
def test_json_that_is_no_request_is_refused_in_a_sentence(body: bytes) -> None:
    with pytest.raises(InputError, match=r"^The body is not .*\.$"):
        parse(body, media="application/json")


def test_deep_nesting_is_refused_and_not_fatal() -> None:
    deep = b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"x","value":'
    deep += b'{"arrayValue":{"values":[' * 500 + b"{}" + b"]}}" * 500 + b"}]}]}]}]}"

    with pytest.raises(InputError, match="depth limit exceeded"):
        parse(deep, media="application/json")

    less_deep = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [_nested_json(60)]}]}]}).encode()
    with pytest.raises(InputError, match="not an OTLP export request"):
        parse(less_deep, media="application/json")
    # The same in protobuf, which no encoder with a limit of its own would write.
    nested = b""
    for _ in range(200):
        nested = _field(5, _field(1, nested))
    wire = _field(1, _field(2, _field(2, _field(9, _field(2, nested)))))
    with pytest.raises(InputError, match="not an OTLP"):
        parse(wire)


def _field(number: int, content: bytes) -> bytes:
    length = bytearray()
    size = len(content)
    while size > 127:
        length.append(size & 127 | 128)
        size >>= 7
    return bytes([number << 3 | 2, *length, size]) + content


def _nested_json(depth: int) -> object:
    inner: dict[str, object] = {"stringValue": "x"}
    for _ in range(depth):
        inner = {"arrayValue": {"values": [inner]}}
    return {"attributes": [{"key": "x", "value": inner}]}


def test_a_truncated_body_is_refused() -> None:
    body = request(span(text="x" * 100)).SerializeToString()

    with pytest.raises(InputError, match="truncated"):
        parse(body[:-5])
    with pytest.raises(InputError, match="cut off"):
        parse(gzip.compress(body)[:-20], encoding="gzip")
    with pytest.raises(InputError, match="not the gzip"):
        parse(body, encoding="gzip")


def test_gzip_is_inflated_also_in_several_members() -> None:
    body = request(span(), span(number=2)).SerializeToString()

    assert parse(gzip.compress(body), encoding="gzip").accepted == 2
    assert parse(gzip.compress(body[:50]) + gzip.compress(body[50:]), encoding="GZIP").accepted == 2
    assert parse(gzip.compress(b""), encoding="gzip").accepted == 0


def test_a_gzip_bomb_costs_no_more_memory_than_the_limit() -> None:
    compressor = zlib.compressobj(9, wbits=31)
    zeros = bytes(1 << 20)
    bomb = b"".join(compressor.compress(zeros) for _ in range(512)) + compressor.flush()
    assert len(bomb) < LIMIT

    tracemalloc.start()
    with pytest.raises(TooLarge, match="inflates to more than the limit of 1000000 bytes"):
        parse(bomb, encoding="gzip")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 8 * LIMIT


def test_a_body_over_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge, match="has 1000001 bytes and the limit is 1000000"):
        parse(bytes(LIMIT + 1))


def test_another_type_or_encoding_is_refused() -> None:
    with pytest.raises(UnsupportedMedia, match="'text/plain'"):
        parse(b"", media="text/plain")
    with pytest.raises(UnsupportedMedia, match="'br'"):
        parse(b"", encoding="br")


def test_an_empty_request_is_accepted() -> None:
    assert parse(b"").accepted == 0
