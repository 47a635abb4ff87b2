"""Spans that go out as OTLP and come in again are the same spans."""

import json
from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.telemetry.sending import START_NS, Plain, attributes, request, span, trace_id
from windlass.storage.warehouse import Row, Warehouse
from windlass.telemetry.conventions import COLUMNS
from windlass.telemetry.exports.otlp import restore_attributes
from windlass.telemetry.exports.streams import export_traces
from windlass.telemetry.otlp.traces import parse_export
from windlass.telemetry.values import encode_value, read_value
from windlass.telemetry.writer import Writer

RICH: Mapping[str, Plain] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.system": "az.ai.openai",
    "llm.request.model_name": "gpt",
    "gen_ai.input.messages": '[{"role": "user", "content": "안녕"}]',
    "input.value": "a second input",
    "user.id": "ada",
    "enduser.id": "lovelace",
    "session.id": 7,
    "gen_ai.usage.prompt_tokens": 12,
    "llm.token_count.prompt": 13,
    "windlass.cost_usd": 2,
    "flag": True,
    "off": False,
    "zero": 0,
    "empty": "",
    "half": 0.5,
    "big": 2**62,
    "nothing": None,
    "bytes": b"\x00\xff",
    "list": [1, "two", [3.5, None], {"four": True}],
    "object": {"deep": {"er": [b"x"]}, "n": 1},
}


def rich() -> list[ExportTraceServiceRequest]:
    """Return requests with everything in them that is kept."""
    root = span(1, 1, name="root", duration_ns=5_000, attributes=RICH)
    root.kind = Span.SPAN_KIND_SERVER
    root.trace_state = "a=1"
    root.status.code = Status.STATUS_CODE_ERROR
    root.status.message = "it broke"
    root.events.add(
        name="first", time_unix_nano=START_NS + 1, attributes=attributes(RICH), dropped_attributes_count=3
    )
    root.links.add(trace_id=b"t" * 16, span_id=b"s" * 8, trace_state="b=2", attributes=attributes({"k": [1]}))
    kinds = {"openinference.span.kind": "LLM", "agent.name": "agent"}
    child = span(1, 2, parent=1, name="child", start_ns=START_NS + 1, attributes=kinds)
    other = span(2, 3, name="other", start_ns=START_NS + 2, error=True)
    first = request(root, child, resource={"service.name": "shop", "deployment.environment": "staging", "n": 1})
    scope = first.resource_spans[0].scope_spans[0].scope
    scope.version = "1.2"
    scope.attributes.extend(attributes({"scope": True}))
    second = first.resource_spans[0].scope_spans.add()
    second.scope.name = "second scope"
    second.spans.add().CopyFrom(span(1, 4, parent=1, name="fourth", start_ns=START_NS + 3))
    return [first, request(other, resource={"service.name": "other"})]


def rows(warehouse: Warehouse, project: str) -> list[Row]:
    return warehouse.query(
        "SELECT * EXCEPT (project, received) FROM spans FINAL WHERE project = {project:String} ORDER BY ALL",
        {"project": project},
    )


def exported(warehouse: Warehouse, project: str, how: str) -> bytes:
    return b"".join(export_traces(warehouse, project, "otlp" if how == "json" else "otlp-protobuf"))


def send(writer: Writer, project: str, data: bytes, how: str) -> None:
    media = {"json": "application/json", "protobuf": "application/x-protobuf"}[how]
    for body in data.splitlines() if how == "json" else [data]:
        parsed = parse_export(body, content_type=media, content_encoding="", limit_bytes=2**24)
        assert parsed.rejected == 0
        writer.write_spans(project, parsed.message)


@pytest.mark.parametrize("how", ["json", "protobuf"])
def test_what_goes_out_comes_in_as_it_was_and_goes_out_the_same(
    warehouse: Warehouse, writer: Writer, how: str
) -> None:
    for message in rich():
        writer.write_spans("first", message)
    once = exported(warehouse, "first", how)
    send(writer, "second", once, how)
    assert rows(warehouse, "second") == rows(warehouse, "first")
    assert exported(warehouse, "second", how) == once


def test_json_and_protobuf_say_the_same(warehouse: Warehouse, writer: Writer) -> None:
    for message in rich():
        writer.write_spans("first", message)
    for how in ("json", "protobuf"):
        send(writer, how, exported(warehouse, "first", how), how)
    assert rows(warehouse, "json") == rows(warehouse, "protobuf")


def test_a_span_is_what_was_sent_but_for_older_names(warehouse: Warehouse, writer: Writer) -> None:
    for message in rich():
        writer.write_spans("first", message)
    message = ExportTraceServiceRequest.FromString(exported(warehouse, "first", "protobuf"))
    spans = {found.name: found for r in message.resource_spans for s in r.scope_spans for found in s.spans}
    sent = {
        found.name: found for m in rich() for r in m.resource_spans for s in r.scope_spans for found in s.spans
    }
    assert set(spans) == set(sent)
    renamed = {
        "llm.request.model_name": "gen_ai.request.model",
        "gen_ai.usage.prompt_tokens": "gen_ai.usage.input_tokens",
        "agent.name": "gen_ai.agent.name",
    }
    for name, found in spans.items():
        expected = {renamed.get(a.key, a.key): encode_value(a.value) for a in sent[name].attributes}
        if "windlass.cost_usd" in expected:
            expected["windlass.cost_usd"] = "d2.0"
        assert {a.key: encode_value(a.value) for a in found.attributes} == expected
        for each in (found, sent[name]):
            each.ClearField("attributes")
        assert found == sent[name]
    scopes = [s.scope for r in message.resource_spans for s in r.scope_spans]
    assert {(scope.name, scope.version) for scope in scopes} == {
        ("tests", "1.2"),
        ("tests", ""),
        ("second scope", ""),
    }
    resources = [{a.key: encode_value(a.value) for a in r.resource.attributes} for r in message.resource_spans]
    shop = {"service.name": "sshop", "deployment.environment": "sstaging", "n": "i1"}
    assert sorted(resources, key=len) == [{"service.name": "sother"}, shop]


def test_json_has_ids_in_hexadecimal_a_trace_a_line_at_most(warehouse: Warehouse, writer: Writer) -> None:
    for message in rich():
        writer.write_spans("first", message)
    spans = [
        found
        for line in exported(warehouse, "first", "json").splitlines()
        for r in json.loads(line)["resourceSpans"]
        for s in r["scopeSpans"]
        for found in s["spans"]
    ]
    root = next(found for found in spans if found["name"] == "root")
    assert (root["traceId"], root["spanId"], root["kind"]) == (trace_id(1), "0" * 15 + "1", 2)
    assert root["links"][0]["traceId"] == b"t".hex() * 16
    assert root["startTimeUnixNano"] == str(START_NS)


_TELLING: list[Plain] = ["", "a", "chat", "LLM", "tool", "UNKNOWN", "azure", 0, 7, -3]
_TELLING += [0.5, float("inf"), 1e300, True, False, None, b"x", [1]]


def random_attributes(random: Random) -> dict[str, Plain]:
    """Return attributes that contend for the columns, most often for one of them."""
    every = [name for column in COLUMNS for name in column.sources] + ["other"]
    names = random.choice([every, *(list(column.sources) for column in COLUMNS if column.sources)])
    return {name: random.choice(_TELLING) for name in random.sample(names, random.randint(0, min(6, len(names))))}


def test_whatever_contends_for_the_columns_comes_back_to_the_same_columns(
    warehouse: Warehouse, writer: Writer
) -> None:
    random = Random(20260801)
    numbered = [
        span(1, number, start_ns=START_NS + number, attributes=random_attributes(random))
        for number in range(1, 3001)
    ]
    resource: Mapping[str, Plain] = {"service.name": "s", "deployment.environment": "e", "windlass.release": 1}
    writer.write_spans("first", request(*numbered, resource=resource))
    once = exported(warehouse, "first", "protobuf")
    send(writer, "second", once, "protobuf")
    pairs = zip(rows(warehouse, "first"), rows(warehouse, "second"), strict=True)
    assert [pair for pair in pairs if pair[0] != pair[1]] == []
    assert exported(warehouse, "second", "protobuf") == once


_VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.booleans(),
    st.just(None),
)


@given(st.recursive(_VALUES | st.binary(max_size=4), lambda inner: st.lists(inner, max_size=3)))
def test_a_typed_text_is_read_as_the_value_it_was_written_from(plain: Plain) -> None:
    (sent,) = attributes({"name": plain})
    assert read_value(encode_value(sent.value)) == sent.value


def test_a_column_that_an_attribute_of_another_type_would_hide_takes_the_next_name() -> None:
    empty = {column.name: "" if column.type in {"name", "text"} else None for column in COLUMNS}
    restored = restore_attributes({"gen_ai.agent.name": "i7"}, {**empty, "agent": "a"}, {})
    assert restored == {"gen_ai.agent.name": "i7", "agent.name": "sa"}


def test_a_value_whose_names_are_all_taken_is_left_to_what_it_was_made_of() -> None:
    nothing = dict.fromkeys(column.name for column in COLUMNS)
    taken = {"gen_ai.system_instructions": "i7"}
    assert restore_attributes(taken, {**nothing, "system_instructions": "Be kind."}, {}) == taken
