"""What the events of a span say of messages: OpenTelemetry's of either generation."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import orjson

from windlass.telemetry.messages import dump_messages, find_messages
from windlass.telemetry.models import Message, MessagePart
from windlass.telemetry.values import Value, load_json

_ROLES: Final = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
    "gen_ai.choice": "assistant",
}
_DETAILS: Final = {
    "gen_ai.input.messages": "input",
    "gen_ai.output.messages": "output",
    "gen_ai.system_instructions": "system_instructions",
    "gen_ai.tool.definitions": "tool_definitions",
}
"""Attributes of events (``gen_ai.client.inference.operation.details``), and the columns that they are."""


def read_events(events: Iterable[tuple[str, Mapping[str, Value]]], *, is_tool: bool) -> dict[str, str]:
    """Return the values of columns that the events of a span say (by name and attributes), by column."""
    said = [(name, attributes) for name, attributes in events if name.startswith("gen_ai.")]
    found: dict[str, str] = {}
    for _, attributes in said:
        for name, column in _DETAILS.items():
            if value := attributes.get(name):
                found.setdefault(column, value if isinstance(value, str) else orjson.dumps(value).decode())
    if found:
        return found
    return _of_tool(said) if is_tool else _of_messages(said)


def texts_said(name: str, body: Value, attributes: Mapping[str, Value]) -> str:
    """Return what one event says of input and output, as text to be searched; empty where it says none."""
    if not name.startswith("gen_ai."):
        return ""
    found = read_events([(name, {**(body if isinstance(body, dict) else {}), **attributes})], is_tool=False)
    return "\n".join(found[column] for column in ("input", "output") if column in found)


def _of_tool(events: Sequence[tuple[str, Mapping[str, Value]]]) -> dict[str, str]:
    """Return the arguments and the result of a tool, which are no messages."""
    found = {}
    for name, attributes in events:
        column, said = ("output", "message") if name == "gen_ai.choice" else ("input", "content")
        if isinstance(value := attributes.get(said), str):
            found[column] = value
    return found


def _of_messages(events: Sequence[tuple[str, Mapping[str, Value]]]) -> dict[str, str]:
    said: dict[str, list[Message]] = {"input": [], "output": []}
    reasons = []
    for name, attributes in events:
        if role := _ROLES.get(name):
            column = "output" if name == "gen_ai.choice" else "input"
            said[column] += _messages(role, attributes)
            if name == "gen_ai.choice" and isinstance(reason := attributes.get("finish_reason"), str):
                reasons.append(reason)
    found = {column: dump_messages(messages) for column, messages in said.items() if messages}
    return found | ({"finish_reasons": ",".join(reasons)} if reasons else {})


def _messages(role: str, attributes: Mapping[str, Value]) -> list[Message]:
    content = _loaded(attributes.get("message", attributes.get("content")))
    reason = attributes.get("finish_reason")
    finish = {"finish_reason": reason} if isinstance(reason, str) else {}
    if isinstance(content, str):
        if isinstance(call_id := attributes.get("id"), str) and role == "tool":
            parts = [MessagePart(type="tool_call_response", id=call_id, response=content)]
        else:
            parts = [MessagePart(type="text", content=content)]
        return [Message(role=role, parts=parts, **finish)]
    if isinstance(content, dict) and "role" not in content:
        content = {"role": role, **content}
    calls = _loaded(attributes.get("tool_calls"))
    if content is None:
        content = {"role": role, "tool_calls": calls}
    messages = find_messages(content, role)
    if len(messages) > 1 and all(message.role == role for message in messages):
        messages = [Message(role=role, parts=[part for message in messages for part in message.parts])]
    return [message.model_copy(update=finish) for message in messages]


def _loaded(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    try:
        loaded = load_json(value)
    except ValueError:
        return value
    return loaded if isinstance(loaded, dict | list | str) else value
