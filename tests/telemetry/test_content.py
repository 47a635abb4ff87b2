import json
from datetime import UTC, datetime

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.content import take_content
from windlass.telemetry.exports.otlp import read_otlp
from windlass.telemetry.models import Event, Span
from windlass.telemetry.queries import get_trace
from windlass.telemetry.summaries import find_bounds
from windlass.telemetry.values import plain_attributes
from windlass.telemetry.writer import Writer

from .sending import Plain, request, span, trace_id

MESSAGES: list[Plain] = [{"role": "user", "parts": [{"type": "text", "content": "Where is it?"}]}]
NOON = datetime(2026, 9, 21, 12, tzinfo=UTC)


def read(warehouse: Warehouse, writer: Writer, plain: dict[str, Plain]) -> Span:
    writer.write_spans("shop", request(span(attributes=plain)))
    (found,) = get_trace(warehouse, "shop", trace_id()).spans
    return found


def test_messages_may_be_structured_and_go_out_again_as_they_came(warehouse: Warehouse, writer: Writer) -> None:
    found = read(warehouse, writer, {"gen_ai.operation.name": "chat", "gen_ai.input.messages": MESSAGES})

    assert json.loads(found.input) == MESSAGES
    assert found.input_messages[0].parts[0].content == "Where is it?"
    assert found.attributes == {}
    assert get_trace(warehouse, "shop", trace_id()).input == "Where is it?"
    (sent,) = read_otlp(warehouse, "shop", find_bounds(warehouse, "shop", [trace_id()])).resource_spans
    assert plain_attributes(sent.scope_spans[0].spans[0].attributes)["gen_ai.input.messages"] == MESSAGES


def test_reasons_to_stop_are_a_list_however_they_are_sent(warehouse: Warehouse, writer: Writer) -> None:
    name = "gen_ai.response.finish_reasons"
    for reasons, expected in (
        (["tool_calls", "stop"], ["tool_calls", "stop"]),
        ('["length"]', ["length"]),
        ("stop", ["stop"]),
        ([], []),
    ):
        sent: Plain = list(reasons) if isinstance(reasons, list) else reasons
        assert read(warehouse, writer, {name: sent}).finish_reasons == expected
    read(warehouse, writer, {name: ["tool_calls", "stop"]})
    (out,) = read_otlp(warehouse, "shop", find_bounds(warehouse, "shop", [trace_id()])).resource_spans
    assert plain_attributes(out.scope_spans[0].spans[0].attributes) == {name: ["tool_calls", "stop"]}


def test_milliseconds_become_seconds(warehouse: Warehouse, writer: Writer) -> None:
    assert read(warehouse, writer, {"gen_ai.response.time_to_first_chunk": 0.5}).time_to_first_token_s == 0.5
    assert read(warehouse, writer, {"ai.response.msToFirstChunk": 250.0}).time_to_first_token_s == 0.25


def test_events_that_came_as_log_records_say_what_the_span_does_not(warehouse: Warehouse, writer: Writer) -> None:
    found = read(warehouse, writer, {"gen_ai.operation.name": "chat"})
    take_content(
        found,
        [
            Event(time=NOON, name="gen_ai.user.message", attributes={}, body={"content": "Where is it?"}),
            Event(
                time=NOON,
                name="gen_ai.choice",
                attributes={},
                body={"finish_reason": "stop", "message": {"role": "assistant", "content": "On its way."}},
            ),
        ],
    )

    assert found.input_messages[0].parts[0].content == "Where is it?"
    assert found.output_messages[0].parts[0].content == "On its way."
    assert found.finish_reasons == ["stop"]


def test_what_a_tool_is_given_is_no_message(warehouse: Warehouse, writer: Writer) -> None:
    found = read(
        warehouse, writer, {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.arguments": "Where is it?"}
    )

    assert (found.input, found.input_messages) == ("Where is it?", [])
