"""The first words of a message, on one line, from whatever a span holds of it."""

import re
from typing import Final

import orjson

from windlass.telemetry.media import SCHEME, without_references
from windlass.telemetry.messages import read_messages
from windlass.telemetry.models import MessagePart
from windlass.telemetry.values import STRUCTURED, decode_text

PREVIEW_CHARACTERS = 300
EDGE_CHARACTERS = 4_000
"""How much of either end of a long text is looked at."""

_CUT: Final = " … "
"""What stands for the middle of a long text."""
_CONTENT = re.compile(r'"(?:content|text|value)"\s*:\s*"((?:[^"\\]|\\.)*)')


def preview_input(text: str) -> str:
    """Return the first words of what was asked."""
    return _one_line(without_references(said_input(text)))


def preview_output(text: str) -> str:
    """Return the first words of what was answered."""
    return _one_line(without_references(said_output(text)))


def said_input(text: str) -> str:
    """Return what was asked: the text of the last user message, where messages can be told apart."""
    return _said(text, "user")


def said_output(text: str) -> str:
    """Return what was answered: the text of the last assistant message, where messages can be told apart."""
    return _said(text, "assistant")


def _said(text: str, role: str) -> str:
    if text.startswith(STRUCTURED) and _CUT not in text:
        text = decode_text(text)
    if text[:1] in {"[", "{"} and not _is_json(text):
        return _said_in_pieces(text)
    messages = read_messages(text, role)
    by_role = [message for message in messages if message.role == role]
    for message in reversed(by_role or messages):
        if found := " ".join(filter(None, map(_shown, message.parts))):
            return found
    return text


def _shown(part: MessagePart) -> str:
    """Return a text, or the reference to a file that was taken out of the message."""
    if part.type == "text":
        return part.content
    reference = part.uri or part.content
    return reference if part.type == "media" and reference.startswith(SCHEME) else ""


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _said_in_pieces(text: str) -> str:
    """Return the last text content of JSON whose middle was left out."""
    found = _CONTENT.findall(text)
    if not found:
        return text
    try:
        said = orjson.loads(f'"{found[-1]}"')
    except orjson.JSONDecodeError:
        return str(found[-1])
    return str(said)


def _one_line(text: str) -> str:
    return " ".join(text[: 4 * PREVIEW_CHARACTERS].split())[:PREVIEW_CHARACTERS]
