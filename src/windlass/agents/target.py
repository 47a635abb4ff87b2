"""A release as the target of a run."""

from pydantic import TypeAdapter, ValidationError

from windlass.agents.assistant import Assistant
from windlass.errors import InputError
from windlass.evaluation.samples import Context, Item, Prediction
from windlass.models.completion import Message

_MESSAGES = TypeAdapter(list[Message])


class ReleaseTarget:
    """Asks an assistant what an item asks."""

    def __init__(self, assistant: Assistant, *, run: str) -> None:
        self._assistant = assistant
        self._run = run

    async def __call__(self, item: Item) -> Prediction:
        attributes = {"windlass.run": self._run, "windlass.item": item.id}
        answer = await self._assistant.answer(question_of(item), history=history_of(item), attributes=attributes)
        return Prediction(
            output=answer.text,
            contexts=tuple(
                Context(document=hit.document, section=hit.section, text=hit.text, score=hit.score)
                for hit in answer.contexts
            ),
            usage=answer.usage,
            cost_usd=answer.cost_usd,
            latency_s=answer.latency_s,
        )


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
