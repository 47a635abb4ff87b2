"""A model whose calls go by the limits of the run that makes them."""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from itertools import count

from windlass.models.calls.answers import AskedModel, KeptAnswers, dump_answer, load_answer
from windlass.models.calls.clock import off_the_clock
from windlass.models.calls.counts import CallCounts
from windlass.models.calls.estimates import Estimates, input_tokens
from windlass.models.calls.pace import Lane
from windlass.models.calls.provider import LONGEST_PAUSE_S, Patience
from windlass.models.completion import JSON, ChatModel, Completion, Message, OutputSchema
from windlass.models.failures import ProviderFailure, Refused


@dataclass(frozen=True)
class Shared:
    """What all models of a run have in common."""

    counts: CallCounts
    patience: Patience
    answers: KeptAnswers | None = None


class GovernedModel:
    """Gives a kept answer where there is one; else waits for its provider, and tries again what it refuses."""

    def __init__(
        self, model: ChatModel, asked: AskedModel, lane: Lane, estimates: Estimates, shared: Shared
    ) -> None:
        self._model = model
        self._asked = asked
        self._lane = lane
        self._estimates = estimates
        self._shared = shared

    async def complete(
        self, messages: Sequence[Message], parameters: Mapping[str, JSON], schema: OutputSchema | None = None
    ) -> Completion:
        """Ask until the provider takes the call. Raises what the model raises, Refused, and Stopped."""
        answers = self._shared.answers
        if answers is None:
            return await self._answered(messages, parameters, schema)
        key = self._asked.key(messages, parameters, schema)
        kept = await answers.find(key)
        if kept is not None:
            self._shared.counts.cached += 1
            return load_answer(kept)
        completion = await self._answered(messages, parameters, schema)
        answers.keep(key, dump_answer(completion))
        return completion

    async def stream(
        self, messages: Sequence[Message], parameters: Mapping[str, JSON]
    ) -> AsyncIterator[str | Completion]:
        """Give the whole answer as one piece: in a run nobody watches it grow."""
        completion = await self.complete(messages, parameters)
        yield completion.text
        yield completion

    async def _answered(
        self, messages: Sequence[Message], parameters: Mapping[str, JSON], schema: OutputSchema | None
    ) -> Completion:
        came = time.monotonic()
        for attempt in count(1):
            try:
                completion, began = await self._ask(messages, parameters, schema)
            except ProviderFailure as failure:
                if not failure.busy:
                    raise
                self._shared.counts.refused += 1
                if self._is_hopeless(attempt, failure):
                    raise Refused(failure, attempt) from None
            else:
                return replace(completion, attempts=attempt, held_s=began - came)
        raise AssertionError("a call is answered or given up")

    async def _ask(
        self, messages: Sequence[Message], parameters: Mapping[str, JSON], schema: OutputSchema | None
    ) -> tuple[Completion, float]:
        """Ask once; return when that began, too."""
        expected = input_tokens(messages, schema) + self._estimates.usual_output()
        async with AsyncExitStack() as held:
            with off_the_clock():
                began = await held.enter_async_context(self._lane.place(expected))
            try:
                completion = await self._model.complete(messages, parameters, schema)
            except ProviderFailure as failure:
                self._lane.used(expected, 0)
                if failure.busy:
                    self._lane.provider.refused(began, failure)
                raise
            self._lane.provider.succeeded(began)
            self._note(completion, expected)
            return completion, began

    def _note(self, completion: Completion, expected: int) -> None:
        usage, counts = completion.usage, self._shared.counts
        self._lane.used(expected, usage.input_tokens + usage.output_tokens)
        self._estimates.learn(completion)
        counts.answered += 1
        counts.input_tokens += usage.input_tokens
        counts.output_tokens += usage.output_tokens
        if completion.cost is None:
            counts.unpriced += 1
        else:
            counts.cost_usd += completion.cost

    def _is_hopeless(self, refusals: int, failure: ProviderFailure) -> bool:
        return (
            refusals >= self._shared.patience.refusals
            or self._lane.provider.is_away
            or (failure.retry_after_s or 0.0) > LONGEST_PAUSE_S
        )
