"""A model whose calls go by the limits of the run that makes them."""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from itertools import count
from typing import NamedTuple

from windlass.models.calls.answers import AskedModel, KeptAnswers, dump_answer, load_answer
from windlass.models.calls.budget import NOTHING, Amount, Budget
from windlass.models.calls.clock import off_the_clock
from windlass.models.calls.counts import CallCounts
from windlass.models.calls.estimates import Estimates, input_tokens
from windlass.models.calls.pace import Lane
from windlass.models.calls.provider import LONGEST_PAUSE_S, Patience
from windlass.models.completion import JSON, ChatModel, Completion, Message, OfferedTool, OutputSchema, Usage
from windlass.models.failures import ProviderFailure, Refused
from windlass.prices.rates import Rates, Tokens, cost_of_tokens


@dataclass(frozen=True)
class Shared:
    """What all models of a run have in common."""

    counts: CallCounts
    budget: Budget
    patience: Patience
    answers: KeptAnswers | None


@dataclass(frozen=True)
class Terms:
    """What a run knows of one model: where its calls go, how long its answers are, and what they cost."""

    asked: AskedModel
    lane: Lane
    estimates: Estimates
    rates: Rates

    def cost(self, usage: Usage) -> float | None:
        """Return what a call costs now; None where its price is not known."""
        return cost_of_tokens(self.rates, Tokens(input=usage.input_tokens, output=usage.output_tokens))


class _Call(NamedTuple):
    """What a model is asked, as ``ChatModel.complete`` takes it."""

    messages: Sequence[Message]
    parameters: Mapping[str, JSON]
    schema: OutputSchema | None
    tools: Sequence[OfferedTool]


class GovernedModel:
    """Gives a kept answer where there is one; else waits for its provider, and tries again what it refuses."""

    def __init__(self, model: ChatModel, terms: Terms, shared: Shared) -> None:
        self._model = model
        self._terms = terms
        self._shared = shared

    async def complete(
        self,
        messages: Sequence[Message],
        parameters: Mapping[str, JSON],
        schema: OutputSchema | None = None,
        tools: Sequence[OfferedTool] = (),
    ) -> Completion:
        """Ask until the provider takes the call. Raises what the model raises, Refused, and Stopped."""
        call = _Call(messages, parameters, schema, tools)
        answers = self._shared.answers
        if answers is None:
            return await self._answered(call)
        key = self._terms.asked.key(*call)
        kept = await answers.find(key)
        if kept is not None:
            self._shared.counts.cached += 1
            return load_answer(kept)
        completion = await self._answered(call)
        answers.keep(key, dump_answer(completion))
        return completion

    async def stream(
        self, messages: Sequence[Message], parameters: Mapping[str, JSON], tools: Sequence[OfferedTool] = ()
    ) -> AsyncIterator[str | Completion]:
        """Give the whole answer as one piece: in a run nobody watches it grow."""
        completion = await self.complete(messages, parameters, tools=tools)
        yield completion.text
        yield completion

    async def _answered(self, call: _Call) -> Completion:
        came = time.monotonic()
        for attempt in count(1):
            try:
                completion, began = await self._ask(call)
            except ProviderFailure as failure:
                if not failure.busy:
                    raise
                self._shared.counts.refused += 1
                if self._is_hopeless(attempt, failure):
                    raise Refused(failure, attempt) from None
            else:
                return replace(completion, attempts=attempt, held_s=began - came)
        raise AssertionError("a call is answered or given up")

    async def _ask(self, call: _Call) -> tuple[Completion, float]:
        """Ask once; return when that began, too."""
        lane, estimates = self._terms.lane, self._terms.estimates
        sent = input_tokens(call.messages, call.schema, call.tools)
        most = self._amount(Usage(sent, estimates.longest_output(call.parameters)))
        expected = sent + estimates.usual_output()
        async with self._shared.budget.reserve(most) as bill, AsyncExitStack() as held:
            with off_the_clock():
                began = await held.enter_async_context(lane.place(expected))
            bill.begin()
            try:
                completion = await self._model.complete(*call)
            except ProviderFailure as failure:
                lane.used(expected, 0)
                if not failure.charged:
                    bill.used = NOTHING
                if failure.busy:
                    lane.provider.refused(began, failure)
                raise
            bill.used = self._amount(completion.usage)
            lane.provider.succeeded(began)
            lane.used(expected, bill.used.tokens)
            self._count(completion)
            return completion, began

    def _amount(self, usage: Usage) -> Amount:
        return Amount(usage.input_tokens + usage.output_tokens, self._terms.cost(usage))

    def _count(self, completion: Completion) -> None:
        counts, usage = self._shared.counts, completion.usage
        self._terms.estimates.learn(completion)
        counts.answered += 1
        counts.input_tokens += usage.input_tokens
        counts.output_tokens += usage.output_tokens
        if self._terms.cost(usage) is None:
            counts.unpriced += 1

    def _is_hopeless(self, refusals: int, failure: ProviderFailure) -> bool:
        return (
            refusals >= self._shared.patience.refusals
            or self._terms.lane.provider.is_away
            or (failure.retry_after_s or 0.0) > LONGEST_PAUSE_S
        )
