"""What a conversation came to: the answer, and the tools that were called, of messages in any usual shape."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from windlass.errors import ConfigurationError
from windlass.evaluation.media.files import Media, find_media
from windlass.evaluation.trajectories import Outcome, ToolCall, read_trajectory

if TYPE_CHECKING:
    from windlass.telemetry.models import Message, MessagePart


def read_conversation(value: Sequence[object]) -> "list[Message]":
    """Return the messages of a list of JSON, in whatever usual shape; none where it holds none.

    Raises ConfigurationError in the base install.
    """
    try:
        from windlass.telemetry.messages import find_messages
    except ImportError as error:
        raise ConfigurationError("Messages need the server's packages: pip install 'windlass[server]'.") from error
    return find_messages(value, "assistant")  # type: ignore[arg-type]


def answer_of(messages: "Sequence[Message]") -> str:
    """Return the text that the assistant said last; empty where it said nothing."""
    texts = (text_of_message(each) for each in reversed(messages) if each.role == "assistant")
    return next((text for text in texts if text), "")


def text_of_message(message: "Message") -> str:
    return "\n".join(part.content for part in message.parts if part.type == "text")


def media_of(messages: "Sequence[Message]") -> tuple[Media, ...]:
    """Return the pictures and clips that the assistant sent last."""
    for message in reversed(messages):
        files = [part for part in message.parts if part.type == "media"]
        if message.role == "assistant" and files:
            return tuple(media for part in files for media in find_media(_part(part)))
    return ()


def _part(part: "MessagePart") -> dict[str, str]:
    return {"type": "media", "mime_type": part.mime_type, "uri": part.uri, "content": part.content}


def calls_of(messages: "Sequence[Message]", outcomes: Mapping[str, Outcome] | None = None) -> tuple[ToolCall, ...]:
    """Return the tool calls that the assistant made, in their order; ``outcomes`` are known by the calls' ids."""
    answers = {
        part.id: part.response
        for message in messages
        for part in message.parts
        if part.type == "tool_call_response" and part.id
    }
    return read_trajectory(
        [
            {
                "tool_name": part.name or "unnamed",
                "tool_input": part.arguments,
                "outcome": (outcomes or {}).get(part.id),
                "tool_output": answers.get(part.id),
            }
            for message in messages
            if message.role == "assistant"
            for part in message.parts
            if part.type == "tool_call"
        ]
    )
