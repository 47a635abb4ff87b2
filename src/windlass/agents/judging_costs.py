"""What it would cost to have a judge decide battles, found without asking it."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeVar

from pydantic import BaseModel, JsonValue

from windlass.agents.models import Models
from windlass.evaluation.calibration.judges import JudgeVersion
from windlass.evaluation.calibration.standing import Standing
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.judges.judging import Ask
from windlass.evaluation.samples import Sample
from windlass.models.calls.counts import CallCounts
from windlass.models.calls.estimates import Estimates, input_tokens
from windlass.models.completion import Completion, Message, OutputSchema, Usage
from windlass.prices.book import CalledModel, PriceBook
from windlass.prices.rates import Rates, Tokens, cost_of_tokens

_SHOWN: Final = 8
"""Battles that are looked at to know how long they are."""
_ORDERS: Final = 2
_UNREAD: Final = '{"reasoning": "", "better": "tie"}'

_T = TypeVar("_T")


class JudgingEstimate(BaseModel):
    """What a judging would come to, guessed from some of its battles."""

    judge: JudgeVersion
    standing: Standing
    """How the judge stands against people."""
    battles: int
    """That it would decide."""
    same: int
    """Of those, equal answers at most: a tie, and no call."""
    calls: int
    """Both orders of each of the others."""
    tokens: int | None
    """About; null where it is not known how long the judge's answers are."""
    cost_usd: float | None
    """About; null where that, or a price, is not known."""
    most_tokens: int
    """What is reserved for all calls together; a verdict that cannot be read is asked for again, beyond it."""
    most_cost_usd: float | None
    """The same at the price of the day; null where there is none."""


class Gauge:
    """Opens judges that are not asked: it measures what they would be shown."""

    def __init__(self, models: Models, prices: PriceBook, project: str) -> None:
        self._models = models
        self._prices = prices
        self._project = project
        self._rates: Rates = ()
        self._sent: list[int] = []
        self.longest = 0
        """Tokens that are reserved for one answer."""

    def open_judge(self, _evaluator: str, ref: str, parameters: Mapping[str, JsonValue]) -> Ask:
        """Return what measures a call in place of making it. Raises as opening the model does."""
        opened = self._models.open(ref)
        called = CalledModel(opened.provider, opened.name, "")
        self._rates = self._prices.look_up(self._project, [called])[called].rates
        self.longest = Estimates().longest_output(parameters)

        async def ask(messages: Sequence[Message], schema: OutputSchema) -> Completion:
            self._sent.append(input_tokens(messages, schema))
            return Completion(_UNREAD, Usage(0, 0), opened.name, "stop", cost=0.0, latency_s=0.0)

        return ask

    @staticmethod
    def some_of(all_there: Sequence[_T]) -> list[_T]:
        """Return a few of many, evenly."""
        step = max(1, len(all_there) // _SHOWN)
        return list(all_there[::step][:_SHOWN])

    async def measure(self, evaluator: Evaluator, samples: Iterable[Sample]) -> None:
        """See how long the calls about some samples would be."""
        await asyncio.gather(*(evaluator.judge(sample) for sample in samples))

    @property
    def sent(self) -> int:
        """Tokens that one call sends, on average."""
        return round(sum(self._sent) / len(self._sent)) if self._sent else 0

    def cost(self, calls: int, output: int) -> float | None:
        """Return what calls cost whose answers are so long; None without a price."""
        each = cost_of_tokens(self._rates, Tokens(input=self.sent, output=output))
        return None if each is None else each * calls


def estimated(
    judge: JudgeVersion,
    standing: Standing,
    gauge: Gauge,
    *,
    unequal: int,
    same: int,
    most: int | None,
    former: CallCounts,
) -> JudgingEstimate:
    """Put an estimate together; ``former`` are calls of this judge, which tell how long its answers are."""
    battles = min(unequal + same, most or unequal + same)
    calls = _ORDERS * min(unequal, battles)
    usual = round(former.output_tokens / former.answered) if former.answered else None
    return JudgingEstimate(
        judge=judge,
        standing=standing,
        battles=battles,
        same=min(same, battles),
        calls=calls,
        tokens=None if usual is None else calls * (gauge.sent + usual),
        cost_usd=None if usual is None else gauge.cost(calls, usual),
        most_tokens=calls * (gauge.sent + gauge.longest),
        most_cost_usd=gauge.cost(calls, gauge.longest),
    )
