"""The parts of a message, from whatever shape a provider, a framework or a convention gives them."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from windlass.telemetry.models import MessagePart
from windlass.telemetry.values import Value, load_json

_TEXTS: Final = frozenset({"text", "input_text", "output_text", "refusal"})
_THOUGHTS: Final = frozenset({"reasoning", "thinking", "thought", "reasoning_text", "summary_text"})
_CALLS: Final = frozenset({"tool_call", "tool_use", "tool-call", "function_call", "server_tool_call"})
_RESULTS: Final = frozenset(
    {"tool_call_response", "tool_result", "tool-result", "function_call_output", "server_tool_call_response"}
)
_MEDIA: Final = frozenset(
    {"blob", "file", "uri", "image", "image_url", "input_image", "audio", "input_audio", "video", "document"}
    | {"input_file", "media"}
)
_WRAPPED: Final = {
    # Google, Bedrock and Genkit name a part by its only member.
    "function_call": "tool_call",
    "functionCall": "tool_call",
    "toolUse": "tool_call",
    "toolRequest": "tool_call",
    "function_response": "tool_call_response",
    "functionResponse": "tool_call_response",
    "toolResult": "tool_call_response",
    "toolResponse": "tool_call_response",
    "reasoningContent": "reasoning",
    "inline_data": "media",
    "inlineData": "media",
    "file_data": "media",
    "fileData": "media",
    "media": "media",
}


def read_parts(value: Value) -> Iterator[MessagePart]:
    """Yield the parts of a message's content: a text, a part, or a list of either."""
    if isinstance(value, str):
        if value:
            yield MessagePart(type="text", content=value)
    elif isinstance(value, list):
        for item in value:
            yield from read_parts(item)
    elif isinstance(value, Mapping):
        yield from _read_part(value)


def read_calls(value: Value) -> Iterator[MessagePart]:
    """Yield the tool calls that a message lists beside its content."""
    for item in value if isinstance(value, list) else []:
        if isinstance(item, Mapping):
            call = item.get("tool_call", item)
            yield _call(call if isinstance(call, Mapping) else item)


def read_result(value: Value, call_id: str, name: str = "") -> MessagePart:
    """Return what a tool said as the answer of a call."""
    return MessagePart(type="tool_call_response", id=call_id, name=name, response=_plain(value))


def _read_part(part: Mapping[str, Value]) -> Iterator[MessagePart]:
    inner = part.get("message_content")
    if isinstance(inner, Mapping):
        part = inner
    kind = part.get("type")
    if kind is not None and not isinstance(kind, str):
        yield MessagePart(type="other", content=json.dumps(part, ensure_ascii=False))
    elif kind in _TEXTS or (kind is None and isinstance(part.get("text"), str)):
        thought = part.get("thought") is True
        yield MessagePart(
            type="reasoning" if thought else "text", content=_text(part, "content", "text", "refusal")
        )
    elif kind in _THOUGHTS or (kind is None and isinstance(part.get("reasoning"), str)):
        texts = "\n".join(found.content for found in read_parts(part.get("summary")))
        yield MessagePart(
            type="reasoning", content=_text(part, "content", "text", "thinking", "reasoning") or texts
        )
    elif kind in _CALLS:
        yield _call(part)
    elif kind in _RESULTS:
        yield _result(part)
    elif kind in _MEDIA:
        yield _media(part)
    else:
        yield from _read_wrapped(part)


def _read_wrapped(part: Mapping[str, Value]) -> Iterator[MessagePart]:
    for name, meaning in _WRAPPED.items():
        inner = part.get(name)
        if not isinstance(inner, Mapping):
            continue
        if meaning == "tool_call":
            yield _call(inner)
        elif meaning == "tool_call_response":
            yield _result(inner)
        elif meaning == "reasoning":
            text = inner.get("reasoningText", inner)
            yield MessagePart(type="reasoning", content=_text(text, "text") if isinstance(text, Mapping) else "")
        else:
            yield _media(inner)
        return
    yield MessagePart(type=str(part.get("type") or "other"), content=json.dumps(part, ensure_ascii=False))


def _call(call: Mapping[str, Value]) -> MessagePart:
    function = call.get("function")
    said = function if isinstance(function, Mapping) else call
    arguments = next(
        (said[name] for name in ("arguments", "input", "args", "parameters") if said.get(name) is not None), None
    )
    return MessagePart(
        type="tool_call",
        id=_text(call, "call_id", "id", "toolCallId", "toolUseId", "ref"),
        name=_text(said, "name", "toolName"),
        arguments=_plain(arguments),
    )


def _result(result: Mapping[str, Value]) -> MessagePart:
    response = next(
        (result[name] for name in ("response", "result", "output", "content") if result.get(name) is not None),
        None,
    )
    call_id = _text(result, "tool_call_id", "call_id", "tool_use_id", "toolCallId", "toolUseId", "id", "ref")
    return read_result(response, call_id, _text(result, "name", "toolName"))


def _media(part: Mapping[str, Value]) -> MessagePart:
    inner = next(
        (
            found
            for name in ("image_url", "input_audio", "image", "source")
            if isinstance(found := part.get(name), Mapping)
        ),
        part,
    )
    nested = inner.get("image")
    if isinstance(nested, Mapping):
        inner = nested
    uri = _text(inner, "uri", "url", "file_uri", "fileUri", "image_url", "file_id") or _text(
        part, "image_url", "uri"
    )
    return MessagePart(
        type="media",
        mime_type=_text(part, "mime_type", "mimeType", "media_type", "mediaType", "contentType")
        or _text(inner, "mime_type", "mimeType", "media_type"),
        uri=uri,
        content="" if uri else _text(inner, "content", "data"),
    )


def _text(part: Mapping[str, Value], *names: str) -> str:
    """Return the first of some members that is text."""
    return next((found for name in names if isinstance(found := part.get(name), str) and found), "")


def _plain(value: Value) -> Value:
    """Return the JSON that a text may be; the texts of a list of text parts alone as one text."""
    if isinstance(value, str):
        try:
            return load_json(value) if value[:1] in {"{", "["} else value
        except ValueError:
            return value
    if isinstance(value, list) and value:
        parts = [part for item in value if isinstance(item, Mapping) for part in _read_part(item)]
        if len(parts) == len(value) and all(part.type == "text" for part in parts):
            return "\n".join(part.content for part in parts)
    if isinstance(value, Mapping) and value.keys() <= {"type", "value"} and "value" in value:
        return value["value"]
    return value
