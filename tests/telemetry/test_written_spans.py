"""What is stored of spans that were written, and read again."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, SpanKind, StatusCode

from windlass.errors import NotFound
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.conditions import Condition
from windlass.telemetry.exports.otlp import read_otlp
from windlass.telemetry.filters import TraceFilters
from windlass.telemetry.otlp.traces import parse_export
from windlass.telemetry.queries import get_trace, list_traces
from windlass.telemetry.scores import Score
from windlass.telemetry.spans import list_spans
from windlass.telemetry.sql.query import ReadOnlySql
from windlass.telemetry.summaries import find_bounds
from windlass.telemetry.values import plain_attributes
from windlass.telemetry.writer import Writer

from .otlp.test_traces import PLAIN, otlp_json
from .sending import Plain, only_span, request, span, trace_id

PROJECT = "shop"


def test_a_written_span_can_be_read_at_once(warehouse: Warehouse, writer: Writer) -> None:
    made = span(
        name="chat gpt-5.2",
        duration_ns=1_500_000_000,
        attributes={
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-5.2",
            "gen_ai.usage.input_tokens": 12,
            "gen_ai.input.messages": "[]",
            "windlass.cost_usd": 0.5,
            "windlass.release": "sha256:1",
            "temperature": 0.0,
            "retries": 0,
            "cached": False,
            "note": "",
        },
    )
    made.kind = made.SPAN_KIND_CLIENT
    made.status.code, made.status.message = made.status.STATUS_CODE_ERROR, "too slow"
    made.events.add(time_unix_nano=made.start_time_unix_nano, name="first").attributes.extend(span(n=1).attributes)
    made.links.add(trace_id=b"\1" * 16, span_id=b"\2" * 8)

    writer.write_spans(PROJECT, request(made).SerializeToString())

    found = only_span(warehouse)
    assert found.model_dump(mode="json", exclude_defaults=True) == {
        "span_id": "0000000000000001",
        "parent_span_id": None,
        "name": "chat gpt-5.2",
        "kind": "client",
        "operation": "chat",
        "start_time": "2026-09-21T14:13:20Z",
        "duration_s": 1.5,
        "status": "error",
        "status_message": "too slow",
        "service": "shop",
        "scope": "tests",
        "provider": "openai",
        "request_model": "gpt-5.2",
        "response_model": "",
        "agent": "",
        "tool": "",
        "input_tokens": 12,
        "output_tokens": None,
        "cache_read_tokens": None,
        "cache_write_tokens": None,
        "reasoning_tokens": None,
        "input_audio_tokens": None,
        "output_audio_tokens": None,
        "finish_reasons": [],
        "time_to_first_token_s": None,
        "cost_usd": 0.5,
        "cost_basis": "span",
        "release": "sha256:1",
        "release_name": "",
        "environment": "",
        "run": "",
        "item": "",
        "conversation": "",
        "user": "",
        "input": "[]",
        "output": "",
        "input_messages": [],
        "output_messages": [],
        "system_instructions": "",
        "tool_definitions": "",
        "attributes": {"temperature": 0.0, "retries": 0, "cached": False, "note": ""},
        "resource": {"service.name": "shop"},
        "events": [{"time": "2026-09-21T14:13:20Z", "name": "first", "attributes": {"n": 1}}],
        "links": [{"trace_id": "01" * 16, "span_id": "02" * 8}],
    }
    assert {name: type(item) for name, item in found.attributes.items()} == {
        "temperature": float,
        "retries": int,
        "cached": bool,
        "note": str,
    }


def test_numbers_that_cannot_be_stay_attributes_so_that_sums_are_right(
    warehouse: Warehouse, writer: Writer
) -> None:
    chat: dict[str, Plain] = {"gen_ai.operation.name": "chat", "gen_ai.usage.output_tokens": 7, "user.id": "ada"}
    made = [
        span(1, number, attributes={**chat, "gen_ai.usage.input_tokens": tokens, "windlass.cost_usd": cost})
        for number, (tokens, cost) in enumerate(
            [(2**63 - 1, 1e308), (2**63 - 1, 1e308), (-(2**63), -math.inf), (2**40, 2.0**40), (5, 0.5)], 1
        )
    ]
    writer.write_spans("shop", request(*made))

    (listed,) = list_traces(warehouse, "shop").items
    whole = get_trace(warehouse, "shop", trace_id())
    for found in (listed, whole):
        assert (found.input_tokens, found.output_tokens, found.cost_usd) == (5, 35, 0.5)
    assert whole.spans[0].attributes["gen_ai.usage.input_tokens"] == 2**63 - 1
    (again,) = [
        sent
        for sent in read_otlp(warehouse, "shop", find_bounds(warehouse, "shop", [trace_id()]))
        .resource_spans[0]
        .scope_spans[0]
        .spans
        if sent.span_id == made[3].span_id
    ]
    assert plain_attributes(again.attributes) == plain_attributes(made[3].attributes)


def test_a_text_that_begins_as_a_structured_value_does_stays_a_text(warehouse: Warehouse, writer: Writer) -> None:
    odd = ["\x01", "\x01iabc", "\x01a", "\x01k!", "\x01tail"]
    names = ("request.model", "response.finish_reasons", "input.messages", "output.messages", "tool.name", "note")
    made = [
        span(1, number, attributes={f"gen_ai.{name}": text for name in names})
        for number, text in enumerate(odd, 1)
    ]
    writer.write_spans("shop", request(*made))

    spans = get_trace(warehouse, "shop", trace_id()).spans

    assert writer.refused == 0
    assert [(each.input, each.output, each.attributes["gen_ai.note"]) for each in spans] == [
        (text, text, text) for text in odd
    ]


def test_a_text_that_begins_so_is_itself_where_it_is_listed_and_looked_for(
    warehouse: Warehouse, writer: Writer
) -> None:
    odd = "\x01tail"
    names = (
        "gen_ai.request.model",
        "gen_ai.tool.name",
        "gen_ai.agent.name",
        "user.id",
        "gen_ai.conversation.id",
        "windlass.item",
    )
    made = span(1, 1, attributes=dict.fromkeys(names, odd))
    writer.write_spans("shop", request(made, resource={"service.name": odd, "windlass.environment": odd}))

    (listed,) = list_spans(warehouse, "shop", filters=TraceFilters(where=(Condition("user", "=", odd),))).items
    assert (listed.request_model, listed.tool, listed.agent, listed.user) == (odd,) * 4
    (trace,) = list_traces(warehouse, "shop").items
    assert (trace.user, trace.conversation, trace.item, trace.service, trace.environment) == (odd,) * 5
    (row,) = ReadOnlySql(warehouse).query("shop", "SELECT user, agent, service FROM spans").rows
    assert row == [odd] * 3
    sent_again = read_otlp(warehouse, "shop", find_bounds(warehouse, "shop", [trace_id()]))
    (again,) = sent_again.resource_spans[0].scope_spans[0].spans
    assert plain_attributes(again.attributes) == plain_attributes(made.attributes)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.text("xyz.", max_size=4), PLAIN, max_size=5), min_size=1, max_size=20))
def test_json_and_protobuf_are_the_same_in_the_store(
    warehouse: Warehouse, writer: Writer, attributes: list[dict[str, Plain]]
) -> None:
    message = request(*(span(number=number, attributes=plain) for number, plain in enumerate(attributes, 1)))
    for project, body, content_type in (
        ("json", otlp_json(message), "application/json"),
        ("protobuf", message.SerializeToString(), "application/x-protobuf"),
    ):
        parsed = parse_export(body, content_type=content_type, content_encoding="", limit_bytes=10**7)
        writer.write_spans(project, parsed.message)

    in_json, in_protobuf = (get_trace(warehouse, project, trace_id()) for project in ("json", "protobuf"))

    assert repr(in_json.spans[: len(attributes)]) == repr(in_protobuf.spans[: len(attributes)])
    for found, plain in zip(in_json.spans, attributes, strict=False):
        expected = {name: None if isinstance(item, bytes) else item for name, item in plain.items()}
        scalar = {name: item for name, item in expected.items() if not isinstance(item, list | dict | None)}
        assert {name: found.attributes[name] for name in scalar} == scalar


def test_nested_values_and_presence_survive(warehouse: Warehouse, writer: Writer) -> None:
    plain: dict[str, Plain] = {
        "zero": 0, "zero.0": 0.0, "empty": "", "false": False, "none": None, "list": [], "map": {},
        "nested": {"a": [1, 1.0, "x", {"b": [True, None, []]}], "한": {"": ""}}, "big": -(2**63), "tiny": 5e-324,
    }  # fmt: skip
    writer.write_spans(PROJECT, request(span(attributes=plain)))

    assert repr(only_span(warehouse).attributes) == repr(
        dict(sorted(plain.items(), key=lambda item: list(plain).index(item[0])))
    )


def test_the_preferred_name_fills_the_column_and_the_others_stay(warehouse: Warehouse, writer: Writer) -> None:
    made = span(
        attributes={
            "llm.model_name": "older",
            "gen_ai.request.model": "current",
            "llm.token_count.prompt": 7,
            "gen_ai.usage.output_tokens": "not a number",
            "openinference.span.kind": "LLM",
            "gen_ai.system": "az.ai.openai",
            "input.value": "hello",
            "user.id": 5,
        }
    )

    writer.write_spans(PROJECT, request(made))

    found = only_span(warehouse)
    assert (found.request_model, found.input_tokens, found.output_tokens) == ("current", 7, None)
    assert (found.operation, found.provider, found.input, found.user) == ("chat", "azure.ai.openai", "hello", "")
    assert found.attributes == {
        "llm.model_name": "older",
        "gen_ai.usage.output_tokens": "not a number",
        "openinference.span.kind": "LLM",
        "gen_ai.system": "az.ai.openai",
        "user.id": 5,
    }


def test_the_resource_says_what_the_span_does_not(warehouse: Warehouse, writer: Writer) -> None:
    resource_says: dict[str, Plain] = {"service.name": "shop", "deployment.environment.name": "staging", "cpus": 8}
    writer.write_spans(PROJECT, request(span(1), resource=resource_says))
    writer.write_spans(
        PROJECT, request(span(2, attributes={"windlass.environment": "production"}), resource=resource_says)
    )

    assert only_span(warehouse, trace=1).environment == "staging"
    assert only_span(warehouse, trace=2).environment == "production"
    assert only_span(warehouse, trace=1).resource == resource_says


def test_a_span_delivered_twice_is_one_span_and_the_last_word_counts(warehouse: Warehouse, writer: Writer) -> None:
    writer.write_spans(PROJECT, request(span(name="first")))
    writer.write_spans(PROJECT, request(span(name="again", start_ns=1_790_000_000_000_000_500)))
    writer.write_spans(PROJECT, request(span(name="last")))

    trace = get_trace(warehouse, PROJECT, trace_id())

    assert ([found.name for found in trace.spans], trace.span_count) == (["last"], 1)


def test_a_span_cannot_name_another_project(warehouse: Warehouse, writer: Writer) -> None:
    made = span()
    smuggled = made.SerializeToString() + bytes.fromhex("ca3e") + b"\x06theirs"  # field 1001, the inbox's project
    message = request()
    message.resource_spans[0].scope_spans[0].spans.add().MergeFromString(smuggled)

    writer.write_spans(PROJECT, message.SerializeToString())

    assert only_span(warehouse).name == "span"
    with pytest.raises(NotFound):
        get_trace(warehouse, "theirs", trace_id())


def test_bytes_of_the_opentelemetry_sdk_are_read(warehouse: Warehouse, writer: Writer) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("shop.checkout", "2.1")
    with tracer.start_as_current_span("root", kind=SpanKind.SERVER) as root:
        root.set_attributes({"gen_ai.agent.name": "clerk", "stops": ("a", "b"), "n": 3})
        with tracer.start_as_current_span("child", links=[Link(root.get_span_context())]) as child:
            child.add_event("thought", {"depth": 2})
            child.set_status(StatusCode.ERROR, "no stock")

    writer.write_spans(PROJECT, encode_spans(exporter.get_finished_spans()).SerializeToString())

    trace = get_trace(warehouse, PROJECT, f"{root.get_span_context().trace_id:032x}")
    first, second = trace.spans
    assert (first.name, first.kind, first.agent, first.attributes) == (
        "root", "server", "clerk", {"stops": ["a", "b"], "n": 3},
    )  # fmt: skip
    assert (second.parent_span_id, second.status, second.status_message) == (first.span_id, "error", "no stock")
    assert [(event.name, event.attributes) for event in second.events] == [("thought", {"depth": 2})]
    assert [link.span_id for link in second.links] == [first.span_id]


def test_strings_that_are_sql_stay_strings(warehouse: Warehouse, writer: Writer) -> None:
    nasty = "'); DROP TABLE spans; -- \\ {x:String} \x00 한"
    writer.write_spans(nasty, request(span(name=nasty, attributes={nasty: nasty})))
    writer.write_scores(nasty, [Score(trace_id=trace_id(), name=nasty, value=1, source="code")])

    trace = get_trace(warehouse, nasty, trace_id())

    assert (trace.name, trace.spans[0].attributes, trace.scores[0].name) == (nasty, {nasty: nasty}, nasty)
