"""Fields that OTLP does not know, and those it knows in another wire type: protobuf's readers skip them, and the
warehouse's reader may not. Whatever it does with them, the other spans are kept."""

import struct
from collections.abc import Callable, Iterator
from itertools import count
from typing import NamedTuple

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from windlass.errors import InputError, NotFound
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.models import Span as KeptSpan
from windlass.telemetry.otlp.bodies import Body
from windlass.telemetry.otlp.traces import parse_traces
from windlass.telemetry.queries import get_trace
from windlass.telemetry.writer import Writer

from .mutations import DELIMITED, END_GROUP, FIXED32, FIXED64, GROUP, VARINT, delimited, tag, varint
from .sending import request, span, trace_id

UNKNOWN = 200

_numbers = count(1)


class Stores(NamedTuple):
    warehouse: Warehouse
    writer: Writer


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """One warehouse for all of these tests: each has a project of its own."""
    folder = tmp_path_factory.mktemp("wire")
    warehouse = Warehouse.open(f"chdb://{folder / 'warehouse'}")
    writer = Writer(warehouse, folder / "spool")
    yield Stores(warehouse, writer)
    writer.close()
    warehouse.close()


@pytest.fixture
def project() -> str:
    return f"project-{next(_numbers)}"


STRANGE: dict[str, bytes] = {
    "unknown number": tag(UNKNOWN, VARINT) + b"\x05",
    "unknown text": delimited(UNKNOWN, b"text"),
    "unknown group": tag(UNKNOWN, GROUP) + tag(1, VARINT) + b"\x05" + tag(UNKNOWN, END_GROUP),
    "group in a group": tag(UNKNOWN, GROUP) + tag(7, GROUP) + tag(7, END_GROUP) + tag(UNKNOWN, END_GROUP),
    "ours: another project": delimited(1001, b"other"),
    "ours: received as text": delimited(1002, b"text"),
    "ours: project as a number": tag(1001, VARINT) + b"\x05",
    "ours: project as a fixed number": tag(1001, FIXED64) + b"12345678",
    "ours: resource": delimited(1003, delimited(1, b"service.name") + delimited(2, b"sforged")),
    "ours: release": delimited(1101, b"forged"),
    "name as a number": tag(5, VARINT) + b"\x05",
    "name as a fixed number": tag(5, FIXED64) + bytes(8),
    "name as a group": tag(5, GROUP) + tag(5, END_GROUP),
    "trace id as a number": tag(1, VARINT) + b"\x05",
    "trace id as a fixed number": tag(1, FIXED64) + b"12345678",
    "span id as a fixed number": tag(2, FIXED64) + b"12345678",
    "parent as a fixed number": tag(4, FIXED64) + b"12345678",
    "span id as a short fixed number": tag(2, FIXED32) + b"1234",
    "parent as a short fixed number": tag(4, FIXED32) + b"1234",
    "kind as text": delimited(6, b"text"),
    "kind as a fixed number": tag(6, FIXED32) + struct.pack("<I", 3),
    "kind of all bits": tag(6, VARINT) + varint(2**64 - 1),
    "start as a number": tag(7, VARINT) + b"\x05",
    "start as text": delimited(7, b"12345678"),
    "attributes as a number": tag(9, VARINT) + b"\x05",
    "attributes as a group": tag(9, GROUP) + tag(9, END_GROUP),
    "events as a number": tag(11, FIXED64) + bytes(8),
    "status as a number": tag(15, VARINT) + b"\x02",
    "status as a group": tag(15, GROUP) + tag(3, VARINT) + b"\x02" + tag(15, END_GROUP),
    "attribute with an unknown field": delimited(
        9, delimited(1, b"key") + delimited(2, delimited(1, b"value")) + delimited(UNKNOWN, b"more")
    ),
    "attribute with a group": delimited(
        9, delimited(1, b"key") + tag(UNKNOWN, GROUP) + tag(UNKNOWN, END_GROUP) + delimited(2, delimited(1, b"v"))
    ),
    "attribute whose value is a number": delimited(9, delimited(1, b"key") + tag(2, VARINT) + b"\x05"),
    "attribute whose key is a number": delimited(9, tag(1, VARINT) + b"\x05" + delimited(2, delimited(1, b"v"))),
    "attribute with two values": delimited(
        9, delimited(1, b"key") + delimited(2, delimited(1, b"value") + tag(3, VARINT) + b"\x05")
    ),
    "attribute whose value came in pieces": delimited(
        9, delimited(1, b"key") + delimited(2, delimited(1, b"one")) + delimited(2, delimited(1, b"two"))
    ),
    "attribute whose truth is text": delimited(9, delimited(1, b"key") + delimited(2, delimited(2, b"text"))),
    "attribute whose number is 32 bits": delimited(
        9, delimited(1, b"key") + delimited(2, tag(4, FIXED32) + bytes(4))
    ),
    "attribute without anything": delimited(9, b""),
    "an event that is no event": delimited(11, tag(2, VARINT) + b"\x05"),
    "numbers longer than they need be": tag(6, VARINT) + b"\x83\x80\x80\x80\x80\x00",
}

PLACES: dict[str, Callable[[bytes, bytes], bytes]] = {
    "before": lambda strange, whole: strange + whole,
    "behind": lambda strange, whole: whole + strange,
}


@pytest.mark.parametrize("place", [pytest.param("before", marks=pytest.mark.slow), "behind"])
@pytest.mark.parametrize("strange", STRANGE)
def test_a_span_with_strange_fields_is_kept_or_refused_and_its_neighbours_are_kept(
    stores: Stores, project: str, strange: str, place: str
) -> None:
    warehouse, writer = stores
    refused_before = writer.refused
    spans = [
        span(1, 1, model="m").SerializeToString(),
        PLACES[place](STRANGE[strange], span(2, 2, name="strange", mark="x").SerializeToString()),
        span(3, 3).SerializeToString(),
    ]
    scope_spans = b"".join(delimited(2, whole) for whole in spans)
    body = delimited(1, delimited(2, scope_spans))

    parsed = parse_traces(Body(body, is_json=False))
    sent = writer.submit(project, parsed.message, body=parsed.body, stage="queryable")
    try:
        sent.result(30)
        refused = False
    except InputError:
        refused = True

    if parsed.rejected:
        assert (parsed.rejected, refused) == (1, False)
    elif refused:
        assert writer.refused == refused_before + 1
    else:
        (kept,) = get_trace(warehouse, project, trace_id(2)).spans
        assert (kept.span_id, kept.attributes.get("mark")) == (f"{2:016x}", "x")
        # A name that is there again as something else is the one thing that the engine may take for one.
        assert kept.name in ({"strange", "", "\0" * 8} if strange.startswith("name as") else {"strange"})
    for trace in (1, 3):
        (kept,) = get_trace(warehouse, project, trace_id(trace)).spans
        assert kept.span_id == f"{trace:016x}"
    with pytest.raises(NotFound):
        get_trace(warehouse, "other", trace_id(2))


def _sent(stores: Stores, project: str, whole: bytes) -> KeptSpan:
    """Return a span as it is read that was sent as these bytes."""
    parsed = parse_traces(Body(delimited(1, delimited(2, delimited(2, whole))), is_json=False))
    stores.writer.submit(project, parsed.message, body=parsed.body, stage="queryable").result(30)
    (kept,) = get_trace(stores.warehouse, project, trace_id(2)).spans
    return kept


def _many_sided() -> bytes:
    made = span(2, 2, parent=7, name="first", error=True)
    made.trace_state, made.status.message = "a=0", "broken"
    made.kind = Span.SPAN_KIND_SERVER
    return made.SerializeToString()


TWICE: dict[str, tuple[bytes, bytes]] = {
    "trace id": (delimited(1, b"x" * 16), delimited(1, bytes(15) + b"\x02")),
    "span id": (delimited(2, b"x" * 8), delimited(2, bytes(7) + b"\x02")),
    "trace state": (delimited(3, b"x=1"), delimited(3, b"a=0")),
    "parent": (delimited(4, b"x" * 8), delimited(4, bytes(7) + b"\x07")),
    "name": (delimited(5, b"another"), delimited(5, b"first")),
    "kind": (tag(6, VARINT) + b"\x03", tag(6, VARINT) + b"\x02"),
    "status": (delimited(15, delimited(2, b"x")), delimited(15, delimited(2, b"broken"))),
    "code of the status": (delimited(15, tag(3, VARINT) + b"\x01"), delimited(15, tag(3, VARINT) + b"\x02")),
}
"""A field with a value of its own, and with that of the span."""


@pytest.mark.parametrize("field", TWICE)
def test_of_a_field_that_a_span_has_twice_the_last_counts(stores: Stores, project: str, field: str) -> None:
    other, own = TWICE[field]
    expected = _sent(stores, f"{project}-once", _many_sided())
    assert (expected.name, expected.status_message) == ("first", "broken")
    assert _sent(stores, project, other + _many_sided()) == expected
    assert _sent(stores, f"{project}-again", _many_sided() + other + own) == expected


def test_an_empty_text_at_the_end_counts_as_well(stores: Stores, project: str) -> None:
    assert _sent(stores, project, _many_sided() + delimited(5, b"")).name == ""


def test_an_attribute_that_has_two_names_is_kept_without_one(stores: Stores, project: str) -> None:
    """The engine's reader has no last text there, and looking for one would cost every attribute of every span."""
    twice = delimited(9, delimited(1, b"one") + delimited(1, b"two") + delimited(2, delimited(1, b"value")))
    assert _sent(stores, project, _many_sided() + twice).attributes == {"": "value"}


@pytest.mark.parametrize(
    "body",
    [
        tag(UNKNOWN, GROUP) + tag(UNKNOWN, END_GROUP) + request(span()).SerializeToString(),
        request(span()).SerializeToString() + tag(1, GROUP) + tag(1, END_GROUP),
        delimited(1, tag(2, GROUP) + tag(2, END_GROUP)) + request(span()).SerializeToString(),
        delimited(1, delimited(2, tag(2, GROUP) + tag(2, END_GROUP))) + request(span()).SerializeToString(),
    ],
    ids=["of the request", "behind it", "of a resource", "of a scope"],
)
def test_a_group_around_spans_is_skipped(stores: Stores, project: str, body: bytes) -> None:
    parsed = parse_traces(Body(body, is_json=False))
    stores.writer.submit(project, parsed.message, body=parsed.body, stage="queryable").result(30)
    assert len(get_trace(stores.warehouse, project, trace_id(1)).spans) == 1


GROUPS: dict[str, bytes] = {
    "empty": tag(UNKNOWN, GROUP) + tag(UNKNOWN, END_GROUP),
    "with fields": tag(UNKNOWN, GROUP)
    + tag(1, VARINT)
    + b"\xff\x01"
    + delimited(5, b"name")
    + tag(7, FIXED64)
    + b"12345678"
    + tag(8, FIXED32)
    + b"1234"
    + tag(UNKNOWN, END_GROUP),
    "with bytes like an end": tag(UNKNOWN, GROUP)
    + delimited(1, tag(UNKNOWN, END_GROUP))
    + tag(UNKNOWN, END_GROUP),
    "in each other": tag(UNKNOWN, GROUP) * 20 + tag(UNKNOWN, END_GROUP) * 20,
}


@pytest.mark.parametrize("place", [pytest.param("before", marks=pytest.mark.slow), "behind"])
@pytest.mark.parametrize("group", GROUPS)
def test_a_group_in_a_span_is_skipped(stores: Stores, project: str, group: str, place: str) -> None:
    refused = stores.writer.refused
    kept = _sent(stores, project, PLACES[place](GROUPS[group], _many_sided()))
    assert (kept.name, stores.writer.refused) == ("first", refused)


@pytest.mark.parametrize("wire_type", [VARINT, FIXED32, FIXED64, DELIMITED])
def test_unknown_fields_around_spans_are_skipped(stores: Stores, project: str, wire_type: int) -> None:
    content = {VARINT: b"\x05", FIXED32: bytes(4), FIXED64: bytes(8), DELIMITED: b"\x02ab"}[wire_type]
    strange = tag(UNKNOWN, wire_type) + content
    whole = span(1, 1).SerializeToString()
    scope_spans = strange + delimited(2, whole) + strange
    body = strange + delimited(1, strange + delimited(2, scope_spans)) + strange
    parsed = parse_traces(Body(body, is_json=False))
    stores.writer.submit(project, parsed.message, body=parsed.body, stage="queryable").result(30)
    assert len(get_trace(stores.warehouse, project, trace_id(1)).spans) == 1
