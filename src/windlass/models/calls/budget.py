"""The ceiling of a run: what a call may take is reserved before it is made, and settled after it.

A call that does not fit waits while others are under way, for they may take less than was reserved for them. When
none is, the run stops. So it never spends more than its ceiling, but for calls that take more than was reserved.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, NamedTuple

from windlass.models.calls.clock import off_the_clock
from windlass.models.calls.stopping import StopSign


class Amount(NamedTuple):
    """What calls take; the cost is None where a price is not known, which no ceiling of money admits."""

    tokens: int
    cost_usd: float | None


NOTHING: Final = Amount(0, 0.0)


@dataclass
class Bill:
    """What one call took: nothing while it was not made."""

    reserved: Amount
    used: Amount = NOTHING

    def begin(self) -> None:
        """Count all that is reserved as used, until it is known: a call that breaks off may have been charged."""
        self.used = self.reserved


class Budget:
    """What a run may spend, and what it has. Without a ceiling it only adds up."""

    def __init__(
        self, stop: StopSign, *, max_cost_usd: float | None = None, max_tokens: int | None = None, spent: Amount
    ) -> None:
        self._stop = stop
        self.max_cost_usd = max_cost_usd
        self.max_tokens = max_tokens
        self.tokens = spent.tokens
        self.cost_usd = spent.cost_usd or 0.0
        self._reserved_tokens = 0
        self._reserved_cost = 0.0
        self._under_way = 0
        self._settled = asyncio.Event()

    @asynccontextmanager
    async def reserve(self, most: Amount) -> AsyncIterator[Bill]:
        """Hold what a call will take at most, for as long as it lasts. Raises Stopped when it does not fit."""
        if not self._fits(most):
            with off_the_clock():
                await self._wait_for_room(most)
        bill = Bill(most)
        self._hold(most, 1)
        try:
            yield bill
        finally:
            self._hold(most, -1)
            self.tokens += bill.used.tokens
            self.cost_usd += bill.used.cost_usd or 0.0
            self.wake()

    def wake(self) -> None:
        """Have those who wait look again."""
        self._settled.set()
        self._settled = asyncio.Event()

    def _hold(self, amount: Amount, times: int) -> None:
        self._under_way += times
        self._reserved_tokens += times * amount.tokens
        self._reserved_cost += times * (amount.cost_usd or 0.0)

    async def _wait_for_room(self, most: Amount) -> None:
        while not self._fits(most):
            self._stop.check()
            if not self._under_way:
                self._stop.set(self._reason(most))
                self.wake()
                self._stop.check()
            await self._settled.wait()

    def _fits(self, most: Amount) -> bool:
        money = self.max_cost_usd is None or (
            most.cost_usd is not None and self.cost_usd + self._reserved_cost + most.cost_usd <= self.max_cost_usd
        )
        return money and (
            self.max_tokens is None or self.tokens + self._reserved_tokens + most.tokens <= self.max_tokens
        )

    def _reason(self, most: Amount) -> str:
        money = self.max_cost_usd is not None and self.cost_usd + (most.cost_usd or 0.0) > self.max_cost_usd
        if money:
            return (
                f"It stopped at its budget of {_dollars(self.max_cost_usd)}: {_dollars(self.cost_usd)} is spent, "
                f"and the next call may cost {_dollars(most.cost_usd)}. Resume it with a higher ceiling."
            )
        return (
            f"It stopped at its budget of {self.max_tokens} tokens: {self.tokens} are used, and the next call may "
            f"take {most.tokens}. Resume it with a higher ceiling."
        )


def _dollars(amount: float | None) -> str:
    """Write an amount with two decimals, or with two digits where it is smaller."""
    amount = amount or 0.0
    return f"${amount:.2f}" if amount >= 0.1 or not amount else f"${amount:.2g}"
