"""Limits on what one item may be: over them it is refused and counted, and the others are kept."""

import pytest

from tests.telemetry.otlp_signals import gauge, logs, metrics, number, record
from tests.telemetry.sending import Plain, request, span
from windlass.errors import InputError
from windlass.telemetry.otlp.bodies import Body
from windlass.telemetry.otlp.limits import Limits
from windlass.telemetry.otlp.logs import parse_logs
from windlass.telemetry.otlp.metrics import parse_metrics
from windlass.telemetry.otlp.protobuf import read_protobuf
from windlass.telemetry.otlp.traces import ParsedExport, parse_traces

from .test_traces import otlp_json

SMALL = Limits(items=3, attributes=4, value_bytes=1000, depth=3)

kinds = pytest.mark.parametrize("kind", ["protobuf", "json"])


def parse(message: object, kind: str = "protobuf", limits: Limits = SMALL) -> ParsedExport:
    data = otlp_json(message) if kind == "json" else message.SerializeToString()  # type: ignore[arg-type, attr-defined]
    return parse_traces(Body(data, is_json=kind == "json"), limits)


def nested(depth: int, *, mapping: bool = False) -> Plain:
    made: Plain = "innermost"
    for _ in range(depth):
        made = {"key": made} if mapping else [1, made]
    return made


def many(count: int) -> dict[str, Plain]:
    return {f"a{place}": place for place in range(count)}


@kinds
def test_spans_after_the_most_of_a_request_are_rejected(kind: str) -> None:
    parsed = parse(request(*(span(number=place) for place in range(1, 6))), kind)
    assert (parsed.accepted, parsed.rejected) == (3, 2)
    assert parsed.reason == "Spans rejected: 2 with a place after the first 3."
    kept = parsed.message.resource_spans[0].scope_spans[0].spans
    assert [made.span_id[-1] for made in kept] == [1, 2, 3]


@kinds
@pytest.mark.parametrize(
    ("plain", "reason"),
    [
        (many(5), "more than 4 attributes"),
        ({"long": "x" * 1001}, "an attribute of more than 1000 bytes"),
        ({"long": "곳" * 400}, "an attribute of more than 1000 bytes"),
        ({"long": b"x" * 1001}, "an attribute of more than 1000 bytes"),
        ({"long": ["x" * 600, "y" * 600]}, "an attribute of more than 1000 bytes"),
        ({"deep": nested(4)}, "an attribute nested deeper than 3"),
        ({"deep": nested(4, mapping=True)}, "an attribute nested deeper than 3"),
        ({"deep": [1, [2], [[[3]]]]}, "an attribute nested deeper than 3"),
    ],
    ids=["many", "text", "korean", "bytes", "list", "deep list", "deep map", "deep behind shallow"],
)
def test_a_span_over_a_limit_is_rejected_and_the_others_are_kept(
    kind: str, plain: dict[str, Plain], reason: str
) -> None:
    parsed = parse(request(span(number=1), span(number=2, attributes=plain), span(number=3)), kind)
    assert (parsed.accepted, parsed.rejected) == (2, 1)
    assert parsed.reason == f"Spans rejected: 1 with {reason}."


@kinds
def test_a_span_at_every_limit_is_kept_whole(kind: str) -> None:
    plain = {**many(1), "text": "x" * 900, "deep": nested(3), "map": nested(3, mapping=True)}
    made = request(span(attributes=plain))
    assert parse(made, kind).message == made


def test_events_links_resources_and_scopes_have_the_same_limits() -> None:
    in_event, in_link = span(number=1), span(number=2)
    in_event.events.add(name="said").attributes.extend(span(long="x" * 1001).attributes)
    in_link.links.add(trace_id=b"t" * 16, span_id=b"s" * 8).attributes.extend(span(deep=nested(4)).attributes)
    parsed = parse(request(in_event, in_link, span(number=3)))
    assert (parsed.accepted, parsed.rejected) == (1, 2)
    assert "1 with an event's attribute of more than 1000 bytes" in parsed.reason
    assert "1 with a link's attribute nested deeper than 3" in parsed.reason
    parsed = parse(request(span(), resource={"deep": nested(4)}))
    assert parsed.reason == "Spans rejected: 1 with a resource attribute nested deeper than 3."
    parsed = parse(request(span(), resource=many(5)))
    assert parsed.reason == "Spans rejected: 1 with more than 4 attributes."


@pytest.mark.parametrize("mapping", [False, True], ids=["lists", "maps"])
@pytest.mark.parametrize("depth", [1, 13, 14, 15, 20, 21, 30])
def test_the_quick_look_never_takes_a_deep_request_for_a_shallow_one(depth: int, mapping: bool) -> None:
    value = {"value": nested(depth, mapping=mapping)}
    for made in (request(span(attributes=value)), request(span(), resource=value)):
        for limit in (1, 5, 14, 20, 30):
            read = read_protobuf(type(made), made.SerializeToString(), limit)
            assert read.message == made
            assert read.may_be_deep or depth <= limit
            # A request of few levels is not looked into twice.
            assert not (read.may_be_deep and depth <= limit // 2)


@pytest.mark.parametrize("depth", [47, 48, 10_000])
def test_what_nests_deeper_than_protobuf_reads_is_one_sentence(depth: int) -> None:
    value = b"\x0a\x01z"
    for _ in range(depth):
        value = delimited(5, delimited(1, value))
    attribute = delimited(1, b"key") + delimited(2, value)
    made = span().SerializeToString() + delimited(9, attribute)
    body = Body(delimited(1, delimited(2, delimited(2, made))), is_json=False)
    if depth > 47:
        with pytest.raises(InputError, match="its values nest deeper than 30"):
            parse_traces(body, SMALL)
    else:
        assert parse_traces(body, SMALL).reason == "Spans rejected: 1 with an attribute nested deeper than 3."


def delimited(number: int, content: bytes) -> bytes:
    """Return a field of protobuf that has a length."""
    length, head = len(content), bytearray((number << 3 | 2,))
    while length > 127:
        head.append(length & 127 | 128)
        length >>= 7
    return bytes(head) + bytes((length,)) + content


def test_log_records_over_a_limit_are_rejected_and_counted() -> None:
    sent = logs(
        record(number=1),
        record(number=2, said=many(5)),
        record(number=3, body=nested(4)),
        record(number=4, said={"long": "x" * 1001}),
        record(number=5),
        record(number=6),
        record(number=7),
    )
    parsed = parse_logs(Body(sent.SerializeToString(), is_json=False), SMALL)
    assert [event.span_id[-1] for event in parsed.events] == ["1", "5", "6"]
    assert parsed.rejected == 4
    for reason in ("more than 4 attributes", "a body nested deeper than 3", "a place after the first 3"):
        assert f"1 with {reason}" in parsed.reason


def test_data_points_over_a_limit_are_rejected_and_counted() -> None:
    sent = metrics(gauge(number(1.0), number(2.0, said=many(5)), number(3.0), number(4.0), number(5.0)))
    parsed = parse_metrics(Body(sent.SerializeToString(), is_json=False), SMALL)
    assert [point.value for point in parsed.points] == [1.0, 3.0, 4.0]
    assert (
        parsed.reason == "Data points rejected: 1 with more than 4 attributes; 1 with a place after the first 3."
    )
