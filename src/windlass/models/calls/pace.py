"""Fixed ceilings of a run: so many requests and tokens a minute, so many calls of a model at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from windlass.models.calls.limits import CallLimits
from windlass.models.calls.provider import Provider
from windlass.models.calls.stopping import StopSign


class Pace:
    """So much a minute, in even steps: whoever takes n steps has the next one wait for all of them."""

    def __init__(self, per_minute: int) -> None:
        self._step_s = 60 / per_minute
        self._next = 0.0

    def wait_s(self) -> float:
        return self._next - time.monotonic()

    def take(self, steps: int) -> None:
        self._next = max(self._next, time.monotonic()) + steps * self._step_s

    def correct(self, steps: int) -> None:
        """Add steps that were more than expected, or fewer when negative."""
        self._next += steps * self._step_s


class Lane:
    """The calls of one model: its own ceilings first, then its provider's place."""

    def __init__(self, provider: Provider, limits: CallLimits, stop: StopSign) -> None:
        self.provider = provider
        self._stop = stop
        at_once = limits.model_concurrency
        self._slots = asyncio.Semaphore(at_once) if at_once else None
        self._requests = Pace(limits.requests_per_minute) if limits.requests_per_minute else None
        self._tokens = Pace(limits.tokens_per_minute) if limits.tokens_per_minute else None
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def place(self, tokens: int) -> AsyncIterator[float]:
        """Wait until a call of about so many tokens may be made, and hold its place. Raises Stopped."""
        async with AsyncExitStack() as held:
            if self._slots is not None:
                await held.enter_async_context(self._slots)
            yield await self._enter(held, tokens)

    def used(self, expected: int, tokens: int) -> None:
        """Say how many tokens a call really took."""
        if self._tokens is not None:
            self._tokens.correct(tokens - expected)

    async def _enter(self, held: AsyncExitStack, tokens: int) -> float:
        if self._requests is None and self._tokens is None:
            return await held.enter_async_context(self.provider.place())
        # One at a time, and the pace before the place: nobody holds a place who only waits for the minute.
        async with self._turn:
            await self._keep_pace()
            began = await held.enter_async_context(self.provider.place())
            self._take(tokens)
            return began

    async def _keep_pace(self) -> None:
        for pace in (self._requests, self._tokens):
            while pace is not None and (wait := pace.wait_s()) > 0:
                await self._stop.sleep(wait)

    def _take(self, tokens: int) -> None:
        if self._requests is not None:
            self._requests.take(1)
        if self._tokens is not None:
            self._tokens.take(tokens)
