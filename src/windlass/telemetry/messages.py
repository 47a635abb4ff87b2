"""What was said, as one list of messages, from whatever a span holds of it.

Read are: the messages of OpenTelemetry's gen_ai conventions, OpenAI's chat and Responses JSON (and so those of
Langfuse and MLflow, which keep it), OpenInference's and OpenLLMetry's numbered attributes, the Vercel AI SDK's
prompts, Google's contents (ADK), Bedrock's (Strands), Genkit's and LangChain's messages.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from windlass.telemetry.models import Message, MessagePart
from windlass.telemetry.parts import read_calls, read_parts, read_result
from windlass.telemetry.values import Value, load_json

_NUMBERED: Final = re.compile(r"^.+?\.([0-9]{1,6})\.((?:[^.]*\.){0,20}[^.]*)$")
_INDEX: Final = re.compile("[0-9]{1,6}$")
_ROLES: Final = {
    "human": "user",
    "ai": "assistant",
    "model": "assistant",
    "tool-call": "assistant",
    "tool-response": "tool",
    "function": "tool",
}
_ITEMS: Final = frozenset({"function_call", "function_call_output", "reasoning"})
"""Items of OpenAI's Responses that are part of a message, and have no role."""
_LISTS: Final = ("messages", "contents", "input", "output", "choices", "generations", "candidates")
"""Members that hold a list of messages."""
_SYSTEMS: Final = ("system", "instructions", "system_instruction")


def read_messages(text: str, role: str) -> list[Message]:
    """Return the messages of a span's input or output; ``role`` is who said it, where that is not told.

    What is JSON and no messages is none; other text is one message.
    """
    if text[:1] not in {"[", "{", '"'}:
        return [_of_text(text, role)] if text else []
    try:
        value = load_json(text)
    except ValueError:
        return [] if _is_json(text) else [_of_text(text, role)]
    return [_of_text(value, role)] if isinstance(value, str) else find_messages(value, role)


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def find_messages(value: Value, role: str) -> list[Message]:
    """Return the messages of a JSON value."""
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], list):
            return find_messages(value[0], role)
        return _joined([message for item in value for message in _of_item(item, role)])
    if not isinstance(value, Mapping):
        return []
    if value and all(map(_NUMBERED.match, value)):
        return find_messages(unflatten(value), role)
    return _of_object(value, role)


def unflatten(attributes: Mapping[str, Value]) -> list[Value]:
    """Return the values that numbered attributes (``prefix.0.message.role``) say together, in order."""
    found: dict[int, dict[str, Value]] = {}
    for name, value in attributes.items():
        if match := _NUMBERED.match(name):
            _put(found.setdefault(int(match[1]), {}), match[2].split("."), value)
    return [_listed(found[number]) for number in sorted(found)]


def system_text(text: str) -> str:
    """Return system instructions as plain text."""
    return "\n".join(part.content for message in read_messages(text, "system") for part in message.parts)


def dump_messages(messages: Sequence[Message]) -> str:
    """Return messages as JSON of OpenTelemetry's gen_ai conventions."""
    return orjson.dumps([message.model_dump(exclude_defaults=True) for message in messages]).decode()


def _of_object(value: Mapping[str, Value], role: str) -> list[Message]:
    if message := _of_message(value):
        return [message]
    inner = value.get("message")
    if isinstance(inner, Mapping):
        return [message.model_copy(update=_finish(value)) for message in find_messages(inner, role)]
    if isinstance(value.get("content"), Mapping):
        return [message.model_copy(update=_finish(value)) for message in find_messages(value["content"], role)]
    system = _system(value)
    for name in _LISTS:
        items = value.get(name)
        if isinstance(items, list) and (messages := find_messages(items, role)):
            return [*system, *messages]
        if isinstance(items, str) and name in {"input", "output"} and system:
            return [*system, _of_text(items, role)]
    if value.get("system") is None and "prompt" not in value:
        return []
    prompt = value.get("prompt")
    if isinstance(prompt, str):
        return [*system, _of_text(prompt, role)]
    return [*system, *find_messages(prompt, role)]


def _system(value: Mapping[str, Value]) -> list[Message]:
    config = value.get("config")
    for place in (value, config if isinstance(config, Mapping) else {}):
        for name in _SYSTEMS:
            if parts := list(read_parts(_content(place.get(name)))):
                return [Message(role="system", parts=parts)]
    return []


def _of_item(item: Value, role: str) -> list[Message]:
    if not isinstance(item, Mapping):
        return []
    if isinstance(item.get("type"), str) and item["type"] in _ITEMS:
        by = "tool" if item["type"] == "function_call_output" else "assistant"
        return [Message(role=by, parts=list(read_parts(item)))]
    if "toolCallId" in item:
        return [Message(role=role, parts=list(read_calls([item])))]
    if found := _of_object(item, role):
        return found
    # A part without its message: system instructions, and what Strands keeps of a message.
    parts = [
        part for part in read_parts(item) if part.type in {"text", "reasoning", "tool_call", "tool_call_response"}
    ]
    return [Message(role=_speaker(parts[0], role), parts=parts)] if parts else []


def _speaker(part: MessagePart, role: str) -> str:
    return {"tool_call": "assistant", "tool_call_response": "tool"}.get(part.type, role)


def _of_message(value: Mapping[str, Value]) -> Message | None:
    """Return a message when a JSON object is one: it says who speaks."""
    for wrapper in ("kwargs", "data"):
        # LangChain's.
        inner = value.get(wrapper)
        if isinstance(inner, Mapping) and "content" in inner:
            value = inner
    said_by = value.get("role") or (value.get("type") if "content" in value else None)
    if not isinstance(said_by, str) or said_by in {"", "text", "message_content"}:
        return None
    said_by = _ROLES.get(said_by, said_by)
    name = value.get("name")
    call_id = value.get("tool_call_id")
    content = next((value[key] for key in ("parts", "contents", "content", "text") if value.get(key)), None)
    parts = list(read_parts(content))
    if (
        said_by == "tool"
        and isinstance(call_id, str)
        and not any(part.type == "tool_call_response" for part in parts)
    ):
        parts = [read_result(content, call_id, name if isinstance(name, str) else "")]
    calls = value.get("tool_calls")
    parts += [call for call in read_calls(calls) if call not in parts]
    return Message(
        role="assistant" if said_by == "message" else said_by,
        parts=parts,
        name=name if isinstance(name, str) else "",
        **_finish(value),
    )


def _finish(value: Mapping[str, Value]) -> dict[str, str]:
    reason = value.get("finish_reason") or value.get("finishReason")
    return {"finish_reason": reason.lower()} if isinstance(reason, str) else {}


def _content(value: Value) -> Value:
    return value.get("parts", value) if isinstance(value, Mapping) else value


def _of_text(text: str, role: str) -> Message:
    return Message(role=role, parts=[MessagePart(type="text", content=text)])


def _joined(messages: list[Message]) -> list[Message]:
    """Return messages with parts that stood alone and are of one speaker in one message."""
    joined: list[Message] = []
    for message in messages:
        alone = not message.finish_reason and not message.name
        if joined and alone and joined[-1].role == message.role and _is_call(joined[-1]) and _is_call(message):
            joined[-1].parts.extend(message.parts)
        else:
            joined.append(message)
    return joined


def _is_call(message: Message) -> bool:
    return all(part.type in {"tool_call", "reasoning"} for part in message.parts)


def _put(place: dict[str, Value], path: Sequence[str], value: Value) -> None:
    for name in path[:-1]:
        below = place.setdefault(name, {})
        if not isinstance(below, dict):
            return
        place = below
    place[path[-1]] = value


def _listed(value: Value) -> Value:
    """Return a value whose objects with numbers for names are lists."""
    if not isinstance(value, dict):
        return value
    if value and all(_INDEX.match(name) for name in value):
        return [_listed(value[name]) for name in sorted(value, key=int)]
    return {name: _listed(below) for name, below in value.items()}
