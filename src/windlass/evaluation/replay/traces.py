"""Recordings of traces: what the user said, and each tool call with its arguments and its result."""

from collections.abc import Iterator, Sequence

from windlass.evaluation.conversations import text_of_message
from windlass.evaluation.replay.recording import Recording, Said, Tool
from windlass.evaluation.replay.trace_calls import conversation_of, json_of, recorded_calls
from windlass.telemetry.models import Message, Span, Trace


def record_trace(trace: Trace, asked: str) -> Recording:
    """Return a trace as a recorded world; ``asked`` is what was asked where no messages say it."""
    conversations = [messages for span in trace.spans if (messages := conversation_of(span))]
    history, inputs = _said(conversations)
    return Recording(
        trace_id=trace.trace_id,
        history=history,
        inputs=inputs or [asked],
        calls=recorded_calls(trace.spans),
        tools=_tools(trace.spans),
    )


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


def _tools(spans: Sequence[Span]) -> list[Tool]:
    """Return the tools that models were offered, each as it was defined last."""
    found: dict[str, Tool] = {}
    for span in spans:
        for definition in _definitions(json_of(span.tool_definitions)):
            found[definition.name] = definition
    return list(found.values())


def _definitions(value: object) -> Iterator[Tool]:
    """Give the tools of OpenAI's, OpenTelemetry's and Google's lists of them."""
    for each in value if isinstance(value, list) else ():
        if isinstance(each, str):
            yield from _definitions([json_of(each)])
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
