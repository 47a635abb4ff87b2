"""Asking a judge about labelled items, each as often as is wanted, and about an answer that says nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from windlass.canonical import digest
from windlass.evaluation.calibration.bias import NullAnswer, null_answer
from windlass.evaluation.calibration.judged import JudgedItem, JudgeVerdict
from windlass.evaluation.calibration.labelled import LabelledItem, verdict_of
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import Sample
from windlass.models.calls.answers import asked_again

AT_ONCE: Final = 8
NULL_TEXT: Final = (
    "Thank you for this great question. This is an important topic, and I am happy to help you with it. "
    "There are many aspects to consider, and each of them matters."
)
"""Agreeable and empty: a judge that prefers it to a real answer grades manners."""

_T = TypeVar("_T")


async def judge_items(
    evaluator: Evaluator, items: Sequence[LabelledItem], *, repeats: int = 1, watch: int = 0
) -> list[JudgedItem]:
    """Return the items with the judge's verdicts. Raises Stopped.

    ``watch`` is what tells a watch from others: its answers are new ones, and none that was kept before.
    """
    asked = [(item, repeat) for item in items for repeat in range(repeats) if item.sample is not None]
    with asked_again("watch", watch):
        verdicts = await _side_by_side([lambda one=one: _ask(evaluator, *one) for one in asked])  # type: ignore[misc]
    given = iter(verdicts)
    return [
        item.judged.model_copy(update={"verdicts": [next(given) for _ in range(repeats)]})
        for item in items
        if item.sample is not None
    ]


async def judge_nulls(
    evaluator: Evaluator, items: Sequence[LabelledItem], against: str, most: int
) -> NullAnswer | None:
    """Compare an empty answer with the one that people preferred; return how often it won. Raises Stopped."""
    decided = [item for item in items if item.judged.reference not in (None, 0.0) and item.sample is not None]
    # The same items every time, and not the first ones, which may be of one kind.
    chosen = sorted(decided, key=lambda item: digest(item.judged.item))[:most]
    samples = [_with_null(item, against) for item in chosen]
    judged = await _side_by_side([lambda one=one: evaluator.judge(one) for one in samples])  # type: ignore[misc]
    values = [judgement.value for judgement in judged if judgement.value is not None]
    return null_answer(sum(value > 0 for value in values), len(values))


async def _ask(evaluator: Evaluator, item: LabelledItem, repeat: int) -> JudgeVerdict:
    assert item.sample is not None
    with asked_again("repeat", repeat):
        return verdict_of(await evaluator.judge(item.sample))


async def _side_by_side(asking: Sequence[Callable[[], Awaitable[_T]]]) -> list[_T]:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(ask: Callable[[], Awaitable[_T]]) -> _T:
        async with places:
            return await ask()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(ask)) for ask in asking]
    return [task.result() for task in tasks]


def _with_null(item: LabelledItem, against: str) -> Sample:
    sample = item.sample
    assert sample is not None
    assert item.judged.reference is not None
    preferred = sample.output if item.judged.reference > 0 else sample.metadata[against]
    return replace(sample, output=NULL_TEXT, metadata={**sample.metadata, against: preferred})
