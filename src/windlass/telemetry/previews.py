"""The first words of a message, on one line, from whatever a span holds of it."""

import re
from collections.abc import Iterator

import orjson

from windlass.telemetry.media import without_references

PREVIEW_CHARACTERS = 300
EDGE_CHARACTERS = 4_000
"""How much of either end of a long text is looked at."""

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
    if text[:1] not in {"[", "{"}:
        return text
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _said_in_pieces(text)
    messages = value.get("messages", value) if isinstance(value, dict) else value
    if not isinstance(messages, list):
        return text
    by_role = [item for item in messages if isinstance(item, dict) and item.get("role") == role]
    for message in reversed(by_role or messages):
        if found := " ".join(_texts(message)):
            return found
    return text


def _texts(value: object) -> Iterator[str]:
    """Yield the texts of a message of gen_ai's parts, of OpenAI's content, or of a list of either."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for name in ("parts", "content", "text"):
            if name in value:
                yield from _texts(value[name])


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
