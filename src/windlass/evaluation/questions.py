"""What an item asks of a target that answers in words: a question, and what was said before it."""

from pydantic import TypeAdapter, ValidationError

from windlass.errors import InputError
from windlass.evaluation.samples import Item
from windlass.models.completion import Message

_MESSAGES = TypeAdapter(list[Message])


def question_of(item: Item) -> str:
    """Return what an item asks: its input, or its input's `question`. Raises InputError."""
    if isinstance(item.input, str):
        return item.input
    if isinstance(item.input, dict) and isinstance(item.input.get("question"), str):
        return str(item.input["question"])
    raise InputError(f"The item {item.id!r} has no question: its input is text, or an object with `question`.")


def history_of(item: Item) -> list[Message]:
    """Return what was said before an item's question: its input's `history`. Raises InputError."""
    history = item.input.get("history") if isinstance(item.input, dict) else None
    try:
        return _MESSAGES.validate_python(history or [])
    except ValidationError as error:
        raise InputError(
            f"The `history` of the item {item.id!r} is no list of messages: each has a `role`, user or assistant, "
            "and a `content`."
        ) from error


def refuse_history(item: Item, name: str) -> None:
    """Raise InputError for an item with a history, of a target that keeps its conversations itself."""
    if history_of(item):
        raise InputError(
            f"The item {item.id!r} has a `history`, which cannot be given to {name}: it keeps its conversations "
            "itself. Leave the history out, or evaluate it over the OpenAI protocol."
        )
