"""What was said in a span, as it is read: its texts, and the messages that they and its attributes hold."""

from collections.abc import Mapping, Sequence
from typing import Final

from windlass.telemetry.conventions import MODEL_CALLS
from windlass.telemetry.event_messages import read_events
from windlass.telemetry.messages import find_messages, read_messages
from windlass.telemetry.models import Event, Message, Span
from windlass.telemetry.values import STRUCTURED, Value, decode_attributes, decode_text

_TEXTS: Final = ("input", "output", "system_instructions", "tool_definitions")
_SILENT: Final = frozenset({"execute_tool", "retrieval", "embeddings", "rerank"})
"""Operations whose input nobody said: what a tool or a search is given is no message."""
_SIDES: Final = (("input", "user", "llm.input_messages."), ("output", "assistant", "llm.output_messages."))
"""Who says either side, and where OpenInference has its messages, beside a text that may be anything."""
_MORE_CALLS: Final = "ai.response.toolCalls"
"""The tool calls that the Vercel AI SDK says apart from the text of an answer."""


def read_content(row: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of a span that say what was said, of its row."""
    stored = row["attributes"]
    assert isinstance(stored, dict)
    texts = {name: decode_text(str(row[name])) for name in _TEXTS}
    operation = str(row["operation"])
    said = {
        name: [] if operation in _SILENT else _messages(texts[name], role, _starting(prefix, stored, operation))
        for name, role, prefix in _SIDES
    }
    if operation in MODEL_CALLS and _MORE_CALLS in stored:
        said["output"] += read_messages(stored[_MORE_CALLS][1:], "assistant")
    names = str(row["finish_reasons"])
    # What has no names in it is kept as it came.
    reasons = [] if names.startswith(STRUCTURED) else [reason for reason in names.split(",") if reason]
    return {
        **texts,
        "input_messages": said["input"],
        "output_messages": said["output"],
        "finish_reasons": reasons or [m.finish_reason for m in said["output"] if m.finish_reason],
    }


def take_content(span: Span, events: Sequence[Event]) -> None:
    """Fill what a span does not say itself with what its events say that came as log records."""
    said = [(event.name, {**_fields(event.body), **event.attributes}) for event in events]
    found = read_events(said, is_tool=bool(span.tool))
    for name, text in found.items():
        if name in _TEXTS and not getattr(span, name):
            setattr(span, name, text)
    if span.operation not in _SILENT:
        span.input_messages = span.input_messages or read_messages(span.input, "user")
        span.output_messages = span.output_messages or read_messages(span.output, "assistant")
    if not span.finish_reasons:
        span.finish_reasons = [m.finish_reason for m in span.output_messages if m.finish_reason]


def _fields(body: Value) -> dict[str, Value]:
    return body if isinstance(body, dict) else {}


def _starting(prefix: str, stored: Mapping[str, str], operation: str) -> dict[str, Value]:
    if operation not in MODEL_CALLS:
        return {}
    return decode_attributes({name: text for name, text in stored.items() if name.startswith(prefix)})


def _messages(text: str, role: str, numbered: dict[str, Value]) -> list[Message]:
    return find_messages(numbered, role) or read_messages(text, role)
