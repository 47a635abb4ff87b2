"""Recordings of traces: what the user said, and each tool call with its arguments and its result."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from windlass.evaluation.conversations import calls_of, text_of_message
from windlass.evaluation.replay.recording import RecordedCall, Recording, Said, Tool
from windlass.telemetry.messages import read_messages
from windlass.telemetry.models import Message, Span, Trace

_TOOL = "execute_tool"


def record_trace(trace: Trace, asked: str) -> Recording:
    """Return a trace as a recorded world; ``asked`` is what was asked where no messages say it."""
    conversations = [messages for span in trace.spans if (messages := _conversation(span))]
    history, inputs = _said(conversations)
    return Recording(
        trace_id=trace.trace_id,
        history=history,
        inputs=inputs or [asked],
        calls=_calls(trace.spans) or _calls_of_messages(trace.spans),
        tools=_tools(trace.spans),
    )


def _conversation(span: Span) -> list[Message]:
    """Return what a span of an agent or a model was told, as messages; none for a tool's or a search's span."""
    if span.operation in {_TOOL, "retrieval", "embeddings", "rerank"}:
        return []
    return span.input_messages or read_messages(span.input, "user")


def _said(conversations: Sequence[list[Message]]) -> tuple[list[Said], list[str]]:
    """Return what was said before the trace, and what the user said in it.

    The first conversation is what it began with: all before its last user message was said earlier. What later
    ones have beyond that was said meanwhile.
    """
    if not conversations:
        return [], []
    first = _texts(conversations[0])
    last = max((place for place, said in enumerate(first) if said.role == "user"), default=None)
    if last is None:
        return [], []
    began_with = sum(said.role == "user" for said in first)
    inputs = [first[last].content]
    for conversation in conversations[1:]:
        of_user = [said.content for said in _texts(conversation) if said.role == "user"]
        # A sub-agent has a conversation of its own, which begins otherwise.
        if of_user[:began_with] == [said.content for said in first if said.role == "user"]:
            inputs = [inputs[0], *(of_user[began_with:] or inputs[1:])]
    return first[:last], inputs


def _texts(messages: Sequence[Message]) -> list[Said]:
    said = ((message.role, text_of_message(message)) for message in messages)
    return [
        Said(role="user" if role == "user" else "assistant", content=text)
        for role, text in said
        if role in {"user", "assistant"} and text
    ]


def _calls(spans: Sequence[Span]) -> list[RecordedCall]:
    """Return the calls of the spans of tools, in the order in which they began."""
    by_id = {span.span_id: span for span in spans}
    tools = [span for span in spans if span.operation == _TOOL]
    return [_call(span) for span in tools if not _is_within_a_tool(span, by_id)]


def _is_within_a_tool(span: Span, by_id: dict[str, Span]) -> bool:
    """Tell whether another tool made a call: an agent that is a tool, or a client that wraps one."""
    seen = {span.span_id}
    above = by_id.get(span.parent_span_id or "")
    while above is not None and above.span_id not in seen:
        if above.operation == _TOOL:
            return True
        seen.add(above.span_id)
        above = by_id.get(above.parent_span_id or "")
    return False


def _call(span: Span) -> RecordedCall:
    failed = span.status == "error"
    output = _json(span.output)
    return RecordedCall(
        tool_name=span.tool or span.name.removeprefix(f"{_TOOL} "),
        tool_input=_arguments(_json(span.input)),
        tool_output=(output or span.status_message) if failed else output,
        failed=failed,
    )


def _calls_of_messages(spans: Sequence[Span]) -> list[RecordedCall]:
    """Return the calls that the last conversation tells of, in a trace whose tools have no spans."""
    for span in reversed(spans):
        messages = [*_conversation(span), *span.output_messages]
        last = max((place for place, message in enumerate(messages) if message.role == "user"), default=-1)
        calls = calls_of(messages[last + 1 :])
        if calls:
            return [
                RecordedCall(
                    tool_name=call.tool_name,
                    tool_input=dict(call.tool_input),
                    tool_output=_json(call.tool_output) if isinstance(call.tool_output, str) else call.tool_output,
                )
                for call in calls
            ]
    return []


def _tools(spans: Sequence[Span]) -> list[Tool]:
    """Return the tools that models were offered, each as it was defined last."""
    found: dict[str, Tool] = {}
    for span in spans:
        for definition in _definitions(_json(span.tool_definitions)):
            found[definition.name] = definition
    return list(found.values())


def _definitions(value: object) -> Iterator[Tool]:
    """Give the tools of OpenAI's, OpenTelemetry's and Google's lists of them."""
    for each in value if isinstance(value, list) else ():
        if isinstance(each, str):
            yield from _definitions([_json(each)])
        if not isinstance(each, dict):
            continue
        declared = each.get("function_declarations") or each.get("functionDeclarations")
        if isinstance(declared, list):
            yield from _definitions(declared)
            continue
        inner = each.get("function")
        function = inner if isinstance(inner, dict) else each
        if isinstance(function.get("name"), str):
            schemas = (function.get(key) for key in ("parameters", "input_schema", "inputSchema"))
            schema: object = next(filter(None, schemas), {})
            yield Tool(
                name=function["name"],
                description=str(function.get("description") or ""),
                parameters=schema if isinstance(schema, dict) else {},
            )


def _arguments(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    return {} if value in (None, "") else {"input": value}


def _json(text: object) -> Any:
    if not isinstance(text, str) or not text:
        return None if text == "" else text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
