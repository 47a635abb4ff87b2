"""A model whose calls go by the limits of the run that makes them."""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import count

from windlass.models.calls.clock import off_the_clock
from windlass.models.calls.estimates import Estimates, input_tokens
from windlass.models.calls.pace import Lane
from windlass.models.calls.provider import LONGEST_PAUSE_S, Patience
from windlass.models.completion import JSON, ChatModel, Completion, Message, OutputSchema
from windlass.models.failures import ProviderFailure, Refused


class GovernedModel:
    """Waits for its provider, and tries again what it refuses."""

    def __init__(self, model: ChatModel, lane: Lane, estimates: Estimates, patience: Patience) -> None:
        self._model = model
        self._lane = lane
        self._estimates = estimates
        self._patience = patience

    async def complete(
        self, messages: Sequence[Message], parameters: Mapping[str, JSON], schema: OutputSchema | None = None
    ) -> Completion:
        """Ask until the provider takes the call. Raises what the model raises, Refused, and Stopped."""
        came = time.monotonic()
        for attempt in count(1):
            try:
                completion, began = await self._ask(messages, parameters, schema)
            except ProviderFailure as failure:
                if not failure.busy:
                    raise
                if self._is_hopeless(attempt, failure):
                    raise Refused(failure, attempt) from None
            else:
                return replace(completion, attempts=attempt, held_s=began - came)
        raise AssertionError("a call is answered or given up")

    async def stream(
        self, messages: Sequence[Message], parameters: Mapping[str, JSON]
    ) -> AsyncIterator[str | Completion]:
        """Give the whole answer as one piece: in a run nobody watches it grow."""
        completion = await self.complete(messages, parameters)
        yield completion.text
        yield completion

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
            self._lane.used(expected, completion.usage.input_tokens + completion.usage.output_tokens)
            self._estimates.learn(completion)
            return completion, began

    def _is_hopeless(self, refusals: int, failure: ProviderFailure) -> bool:
        return (
            refusals >= self._patience.refusals
            or self._lane.provider.is_away
            or (failure.retry_after_s or 0.0) > LONGEST_PAUSE_S
        )
