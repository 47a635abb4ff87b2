"""A release as the target of a run."""

from windlass.agents.assistant import Answerer
from windlass.agents.turns import Answer
from windlass.evaluation.questions import history_of, question_of
from windlass.evaluation.samples import Context, Item, Prediction


class ReleaseTarget:
    """Asks an assistant what an item asks."""

    def __init__(self, assistant: Answerer, *, run: str) -> None:
        self._assistant = assistant
        self._run = run

    async def __call__(self, item: Item) -> Prediction:
        attributes = attributes_of(self._run, item)
        answer = await self._assistant.answer(question_of(item), history=history_of(item), attributes=attributes)
        return Prediction(
            output=answer.text,
            contexts=contexts_of(answer),
            usage=answer.usage,
            cost_usd=answer.cost_usd,
            latency_s=answer.latency_s,
            trajectory=answer.calls,
            confidence=answer.confidence,
        )


def attributes_of(run: str, item: Item) -> dict[str, str]:
    """Return what the spans of a sample say of it."""
    return {"windlass.run": run, "windlass.item": item.id}


def contexts_of(answer: Answer) -> tuple[Context, ...]:
    return tuple(
        Context(document=hit.document, section=hit.section, text=hit.text, score=hit.score)
        for hit in answer.contexts
    )
