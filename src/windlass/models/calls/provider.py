"""What one provider takes at present, found out by what it refuses.

Nothing is held back until it refuses a call. Then all calls of the run to it wait for as long as it asks, or twice
as long each time, and half as many go at once; every round of successes allows one more (additive increase,
multiplicative decrease, as TCP does). Calls that were under way together are refused together, and count as one
refusal.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from windlass.models.calls.stopping import Stopped, StopSign
from windlass.models.failures import ProviderFailure, Refused

LONGEST_PAUSE_S: Final = 900.0
"""Whoever asks to wait longer is not waited for: a quota of the day is gone, and somebody should know."""


@dataclass(frozen=True)
class Patience:
    """How refusals are borne."""

    refusals: int = 10
    """So many in a row, without a success between them, and calls are given up: after about four minutes."""
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    """The wait doubles up to this, ± half at random; what the provider asks for counts where it is longer."""


class Provider:
    """One provider's share of a run's calls. It belongs to one event loop."""

    def __init__(self, name: str, stop: StopSign, patience: Patience) -> None:
        self.name = name
        self._stop = stop
        self._patience = patience
        self.limit: float | None = None
        """The most calls at once; None while nothing was refused."""
        self.in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._paused_until = 0.0
        """Zero while calls may go."""
        self._cut_at = 0.0
        self._in_a_row = 0
        self._last: ProviderFailure | None = None

    @asynccontextmanager
    async def place(self) -> AsyncIterator[float]:
        """Hold one of the calls that may be under way; gives the time at which it began. Raises Stopped."""
        self._stop.check()
        if self._waiting or not self._is_open():
            await self._queue()
        else:
            self.in_flight += 1
        try:
            yield time.monotonic()
        finally:
            self.in_flight -= 1
            self.let_in()

    def succeeded(self, began: float) -> None:
        """Note a call that was answered: with an error of its own, too, for it was not refused."""
        if began < self._cut_at:
            return
        self._in_a_row = 0
        if self.limit is not None:
            self.limit += 1 / self.limit

    def refused(self, began: float, failure: ProviderFailure) -> None:
        """Note a refusal: have all wait, and fewer go at once."""
        now = time.monotonic()
        self._last = failure
        pause = failure.retry_after_s or 0.0
        if pause > LONGEST_PAUSE_S:
            self._in_a_row = max(self._in_a_row, self._patience.refusals - 1)
            pause = 0.0
        if began >= self._cut_at:
            self._cut_at = now
            self._in_a_row += 1
            self.limit = float(max(1, min(self.limit or self.in_flight, self.in_flight) // 2))
            pause = max(pause, self._backoff())
        if now + pause > self._paused_until:
            self._paused_until = now + pause
            asyncio.get_running_loop().call_later(pause, self._resume, self._paused_until)
        if self.is_away:
            self._give_up(failure)

    @property
    def is_away(self) -> bool:
        """Whether waiting for it is of no use: it refused so often, or for so long.

        Then calls are given up at once, but for one after each wait: its success ends it.
        """
        return self._in_a_row >= self._patience.refusals

    def let_in(self) -> None:
        """Let those in who may go now, in the order they came."""
        while self._waiting and (self._is_open() or self._stop.reason is not None):
            waiter = self._waiting.popleft()
            if waiter.done():
                continue
            if self._stop.reason is not None:
                waiter.set_exception(Stopped(self._stop.reason))
                continue
            self.in_flight += 1
            waiter.set_result(None)

    def _is_open(self) -> bool:
        free = self.limit is None or self.in_flight < int(self.limit)
        return free and not self._paused_until

    def _resume(self, until: float) -> None:
        if self._paused_until == until:
            self._paused_until = 0.0
            self.let_in()

    async def _queue(self) -> None:
        if self.is_away and self._paused_until and self._last is not None:
            raise Refused(self._last, self._in_a_row)
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                # It was let in just now: another takes the place.
                self.in_flight -= 1
                self.let_in()
            raise

    def _backoff(self) -> float:
        wait: float = min(self._patience.longest_wait_s, self._patience.first_wait_s * 2 ** (self._in_a_row - 1))
        jitter = random.uniform(0.5, 1.5)  # noqa: S311 - no secret
        return wait * jitter

    def _give_up(self, failure: ProviderFailure) -> None:
        """Fail those who wait: they would meet the same."""
        waiting, self._waiting = self._waiting, deque()
        for waiter in waiting:
            if not waiter.done():
                waiter.set_exception(Refused(failure, self._in_a_row))
