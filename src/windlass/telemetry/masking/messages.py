"""Messages within a value: what of them is said by whom, and their calls of tools."""

from collections.abc import Callable, Iterator
from typing import Final

from windlass.telemetry.masking.contents import (
    ARGUMENT_FIELDS,
    CALLS,
    INSTRUCTIONS,
    MESSAGE_TYPES,
    RESULT_FIELDS,
    RESULTS,
    ROLES,
    SAID,
    Content,
)
from windlass.telemetry.masking.plain import Plain

DROPPED: Final = "[dropped]"


class Messages:
    """Drops contents from messages of any known shape, and keeps that there was a message."""

    def __init__(self, drop: frozenset[Content], found: Callable[[str], None]) -> None:
        self._drop = drop
        self._found = found

    def silenced(self, fields: dict[str, Plain]) -> dict[str, Plain]:
        """Return an object without what shall be dropped; the same one when nothing of it shall."""
        if not self._drop:
            return fields
        dropped = {name: content for name, content in _contents(fields) if content in self._drop}
        if not dropped:
            return fields
        for content in dropped.values():
            self._found(f"drop:{content}")
        return {name: _nothing(name) if name in dropped else value for name, value in fields.items()}


def _contents(fields: dict[str, Plain]) -> Iterator[tuple[str, Content]]:
    """Yield the fields of an object that hold contents, and which."""
    role, kind = fields.get("role"), fields.get("type")
    if role is None and "content" in fields and isinstance(kind, str) and kind in MESSAGE_TYPES:
        role = kind
    speaker = ROLES.get(role) if isinstance(role, str) else None
    is_call = kind in CALLS if isinstance(kind, str) else "name" in fields and not speaker
    is_result = isinstance(kind, str) and kind in RESULTS
    for name in fields:
        if speaker and name in SAID:
            yield name, speaker
        elif name in INSTRUCTIONS or (name == "system" and "messages" in fields):
            yield name, "system_instructions"
        elif (is_call and name in ARGUMENT_FIELDS) or (name == "arguments" and "name" in fields):
            yield name, "tool_arguments"
        elif (is_result and name in RESULT_FIELDS) or (name == "response" and "name" in fields):
            yield name, "tool_results"


def _nothing(name: str) -> Plain:
    return [{"type": "text", "content": DROPPED}] if name == "parts" else DROPPED
