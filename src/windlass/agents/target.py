"""A release as the target of a run."""

from windlass.agents.assistant import Answerer
from windlass.evaluation.questions import history_of, question_of
from windlass.evaluation.samples import Context, Item, Prediction


class ReleaseTarget:
    """Asks an assistant what an item asks."""

    def __init__(self, assistant: Answerer, *, run: str) -> None:
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
            confidence=answer.confidence,
        )
