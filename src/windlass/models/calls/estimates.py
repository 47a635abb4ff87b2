"""How many tokens a call will take, guessed before it is made."""

from collections.abc import Mapping, Sequence
from typing import Final

from windlass.models.completion import JSON, Completion, Message, OfferedTool, OutputSchema

_ASCII_PER_TOKEN: Final = 4
_PER_MESSAGE: Final = 4
"""The marks between messages."""
_PER_PICTURE: Final = 1_100
"""What providers count for a picture of about a megapixel."""
_FIRST_GUESS: Final = 1024
"""The longest answer of a model that has given none yet and whose call names no `max_tokens`."""


class Estimates:
    """Guesses of one model's tokens, which learn from its answers."""

    def __init__(self) -> None:
        self._answers = 0
        self._tokens = 0
        self._longest = 0

    def learn(self, completion: Completion) -> None:
        self._answers += 1
        self._tokens += completion.usage.output_tokens
        self._longest = max(self._longest, completion.usage.output_tokens)

    def usual_output(self) -> int:
        """Return the mean length of the answers so far."""
        return self._tokens // self._answers if self._answers else 0

    def longest_output(self, parameters: Mapping[str, JSON]) -> int:
        """Return what an answer will hardly exceed: `max_tokens`, or twice the longest so far."""
        given = parameters.get("max_tokens")
        if isinstance(given, int):
            return given
        return max(2 * self._longest, _FIRST_GUESS)


def input_tokens(
    messages: Sequence[Message], schema: OutputSchema | None = None, tools: Sequence[OfferedTool] = ()
) -> int:
    """Guess the tokens of what is sent: four letters of English are one, any other character is one."""
    told = sum(
        _tokens(message.content) + _PER_MESSAGE + len(message.pictures) * _PER_PICTURE for message in messages
    )
    asked = sum(_tokens(each.name + each.arguments) for message in messages for each in message.requests)
    offered = sum(_tokens(f"{tool.name}{tool.description}{tool.parameters}") for tool in tools)
    return told + asked + offered + (_tokens(str(schema.schema)) if schema is not None else 0)


def _tokens(text: str) -> int:
    if text.isascii():
        return -(-len(text) // _ASCII_PER_TOKEN)
    plain = sum(character < "\x80" for character in text)
    return -(-plain // _ASCII_PER_TOKEN) + len(text) - plain
