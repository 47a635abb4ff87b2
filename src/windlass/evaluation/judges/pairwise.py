"""A judge that says which of two answers is better, asked in both orders."""

import asyncio
from collections.abc import Sequence
from typing import Final, Literal

from pydantic import JsonValue

from windlass.errors import InputError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.judges.evidence import METADATA, Evidence
from windlass.evaluation.judges.judging import Ask, Form, Verdict
from windlass.evaluation.samples import Judgement, Sample

_INSTRUCTIONS = """\
Two answers to the same are before you. Say which is better by this alone:
{criteria}

- "first": the first is better
- "second": the second is better
- "tie": neither is better

Which comes first means nothing, and neither does length: more words are better only where more is said by them."""

_ANSWERS = {"first": "the first of the two answers", "second": "the second of the two answers"}
_LABELS = {1: "win", 0: "tie", -1: "loss"}

ORDER_DECIDED: Final = "The order decided."
"""How the explanation begins where both orders preferred the same place."""


class PairVerdict(Verdict):
    reasoning: str
    better: Literal["first", "second", "tie"]


def pairwise(
    ask: Ask, criteria: str, against: str = "metadata.baseline", inputs: Sequence[str] = ("input",)
) -> Evaluator:
    """Compare an answer with another to the same: 1 when it is better, −1 when it is worse, 0 for a tie.

    The other answer is a text in the item's metadata, by default its ``baseline``. Every pair is judged twice, in
    both orders, +1 for each that prefers this answer and −1 for each that prefers the other: a sum above 0 is a
    win, below 0 a loss, and what only the order decided is a tie. The mean is the rate of wins less the losses.
    One order without a verdict leaves no value. The evidence says what was preferred in either order, for the
    judge's position bias. Raises InputError for empty criteria, an unknown input, or another
    answer that is not in the metadata.
    """
    if not criteria.strip():
        raise InputError("A comparison needs criteria: by what one answer is better than another.")
    if not against.removeprefix(METADATA) or not against.startswith(METADATA):
        raise InputError(f"The other answer is a column of the metadata, metadata.<name>, not {against!r}.")
    evidence = Evidence(inputs, _ANSWERS)
    form = Form(_INSTRUCTIONS.format(criteria=criteria.strip()), evidence, PairVerdict, _preferred)

    async def judge(sample: Sample) -> Judgement:
        ours, other = sample.output, sample.metadata[against.removeprefix(METADATA)]
        # An order under way was paid for: it ends, also where the other cannot be asked, so that it can be kept.
        orders = await asyncio.gather(
            form.judge(ask, sample, {"first": ours, "second": other}),
            form.judge(ask, sample, {"first": other, "second": ours}),
            return_exceptions=True,
        )
        return _both(*map(_given, orders))

    return Evaluator(
        "pairwise",
        judge,
        needs=(*evidence.needs, against),
        description="Whether a model finds the answer better than another, in both orders.",
        prompt=form.prompt,
        told=form.told,
    )


def _preferred(given: PairVerdict) -> Judgement:
    """Read one order: 1 for the first answer, −1 for the second."""
    return Judgement({"first": 1, "second": -1, "tie": 0}[given.better], given.better, given.reasoning)


def _given(order: Judgement | BaseException) -> Judgement:
    if isinstance(order, BaseException):
        raise order
    return order


def _both(ours_first: Judgement, other_first: Judgement) -> Judgement:
    for order in (ours_first, other_first):
        if order.value is None:
            return order
    assert ours_first.value is not None
    assert other_first.value is not None
    total = int(ours_first.value - other_first.value)
    sign = (total > 0) - (total < 0)
    said = f"Shown first: {ours_first.explanation}\nShown second: {other_first.explanation}"
    if ours_first.value == other_first.value != 0:
        said = f"{ORDER_DECIDED}\n{said}"
    orders: list[JsonValue] = [ours_first.label, other_first.label]
    return Judgement(sign, _LABELS[sign], said, "judge", {"orders": orders})
