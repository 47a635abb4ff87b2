"""Recordings of traces as they come from the wire."""

import json
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.telemetry.sending import Plain, request, span, trace_id
from windlass.evaluation.replay.recording import RecordedCall, Recording, Said, Tool
from windlass.evaluation.replay.traces import record_trace
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.traces import get_trace, list_traces
from windlass.telemetry.writer import Writer


def said(*messages: tuple[str, str]) -> str:
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]} for role, text in messages])


def tool(number: int, name: str, arguments: Plain, result: Plain = "", *, parent: int = 1) -> Span:
    attributes: dict[str, Plain] = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": name,
        "gen_ai.tool.call.arguments": arguments,
        "gen_ai.tool.call.result": result,
    }
    return span(1, number, parent=parent, name=f"execute_tool {name}", attributes=attributes)


def chat(number: int, *messages: tuple[str, str], **more: Plain) -> Span:
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.input.messages": said(*messages), **more}
    return span(1, number, parent=1, name="chat", attributes=attributes)


@pytest.fixture
def record(warehouse: Warehouse, writer: Writer) -> Any:
    def recorded(*spans: Span) -> Recording:
        writer.write_spans("p", request(*spans))
        return record_trace(get_trace(warehouse, "p", trace_id(1)), "asked")

    return recorded


SCHEMA = {"type": "object"}
DEFINITIONS = json.dumps(
    [
        {
            "type": "function",
            "function": {"name": "find", "description": "Find.", "parameters": {"type": "object"}},
        },
        {"name": "refund", "input_schema": {"type": "object", "properties": {}}},
    ]
)


def test_a_trace_is_what_the_user_said_and_what_the_tools_answered(record: Any) -> None:
    agent = {"gen_ai.operation.name": "invoke_agent"}
    before = (("user", "Hi."), ("assistant", "Hello."))
    failed = tool(5, "refund", '{"order": 7}')
    failed.status.CopyFrom(Status(code=Status.STATUS_CODE_ERROR, message="Refunds are closed."))
    recording = record(
        span(1, 1, name="agent", attributes=agent),
        chat(2, *before, ("user", "Where is order 7?"), **{"gen_ai.tool.definitions": DEFINITIONS}),
        tool(3, "find", '{"order": 7}', '{"state": "sent"}'),
        tool(4, "find", '{"order": 7}', "lost", parent=3),
        chat(6, *before, ("user", "Where is order 7?"), ("assistant", "Sent."), ("user", "Refund it.")),
        failed,
        tool(7, "note", "free text", "12"),
    )
    assert recording == Recording(
        trace_id=trace_id(1),
        history=[Said(role="user", content="Hi."), Said(role="assistant", content="Hello.")],
        inputs=["Where is order 7?", "Refund it."],
        calls=[
            RecordedCall(tool_name="find", tool_input={"order": 7}, tool_output={"state": "sent"}),
            RecordedCall(
                tool_name="refund", tool_input={"order": 7}, tool_output="Refunds are closed.", failed=True
            ),
            RecordedCall(tool_name="note", tool_input={"input": "free text"}, tool_output=12),
        ],
        tools=[
            Tool(name="find", description="Find.", parameters={"type": "object"}),
            Tool(name="refund", parameters={"type": "object", "properties": {}}),
        ],
    ), "what a tool called within another is the other's own affair"


def test_where_tools_have_no_spans_the_conversation_tells_of_their_calls(record: Any) -> None:
    call = {"type": "tool_call", "id": "c1", "name": "find", "arguments": {"order": 7}}
    answered = {"type": "tool_call_response", "id": "c1", "response": '{"state": "sent"}'}
    messages = [
        {"role": "user", "parts": [{"type": "text", "content": "Where?"}]},
        {"role": "assistant", "parts": [call]},
        {"role": "tool", "parts": [answered]},
    ]
    recording = record(
        chat(2, ("user", "Where?")),
        span(
            1,
            3,
            parent=1,
            attributes={"gen_ai.operation.name": "chat", "gen_ai.input.messages": json.dumps(messages)},
        ),
    )
    assert recording.inputs == ["Where?"]
    assert recording.calls == [
        RecordedCall(tool_name="find", tool_input={"order": 7}, tool_output={"state": "sent"})
    ]


def test_the_arguments_are_those_that_the_model_gave_and_the_result_the_one_that_it_read(record: Any) -> None:
    calls = [{"type": "tool_call", "id": f"c{n}", "name": "find", "arguments": {"order": n}} for n in (7, 8)]
    asked = json.dumps([{"role": "assistant", "parts": calls}])
    answered = [{"type": "tool_call_response", "id": "c7", "response": '{"state": "sent"}'}]
    question = [{"type": "text", "content": "Where?"}]
    then = json.dumps([{"role": "user", "parts": question}, {"role": "tool", "parts": answered}])
    wrapped = '{"args": [], "kwargs": {"order": "seven"}}'
    recording = record(
        chat(2, ("user", "Where?"), **{"gen_ai.output.messages": asked}),
        tool(3, "find", wrapped, '{"type": "tool", "data": {}}'),
        tool(4, "find", wrapped, "lost"),
        tool(5, "note", wrapped, "noted"),
        span(1, 6, attributes={"gen_ai.operation.name": "chat", "gen_ai.input.messages": then}),
    )
    assert [(each.tool_input, each.tool_output) for each in recording.calls] == [
        ({"order": 7}, {"state": "sent"}),
        ({"order": 8}, "lost"),
        ({"order": "seven"}, "noted"),
    ]


GOLDEN = Path(__file__).parents[2] / "telemetry" / "golden"


def test_what_instrumentations_really_send_becomes_the_same_recording(
    warehouse: Warehouse, writer: Writer
) -> None:
    """They write arguments as objects, texts and decorators' arguments, and results as messages and blocks."""
    for name in ("langgraph_openinference", "smolagents_openinference", "strands_agent", "traceloop_openai"):
        writer.write_spans(name, (GOLDEN / f"{name}.otlp").read_bytes())
        traces = [get_trace(warehouse, name, each.trace_id) for each in list_traces(warehouse, name).items]
        recordings = [record_trace(trace, "asked") for trace in traces]
        (recorded,) = [each for each in recordings if each.calls]
        assert recorded.inputs[0].endswith("What is the weather in Oslo?")
        weather = {"tool_name": "get_weather", "tool_input": {"city": "Oslo"}, "tool_output": "4 degrees, rain"}
        assert recorded.calls[0].model_dump(exclude_defaults=True) == weather


def test_a_sub_agents_conversation_is_not_what_the_user_said(record: Any) -> None:
    recording = record(
        chat(2, ("user", "Where?")),
        chat(3, ("user", "You are asked to find an order."), ("user", "Order 7.")),
        chat(4, ("user", "Where?"), ("assistant", "Which?"), ("user", "Order 7.")),
        chat(5, ("user", "Where?")),
    )
    assert (recording.history, recording.inputs) == ([], ["Where?", "Order 7."])


def test_without_messages_what_was_asked_is_what_the_user_said(record: Any) -> None:
    recording = record(tool(1, "find", "{}", "1"), chat(2, ("assistant", "Hello.")))
    assert (recording.history, recording.inputs) == ([], ["asked"])
