"""The ceiling of a run whose calls several processes make: each call is reserved in a ledger that all share."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Literal, Protocol

from windlass.models.calls.budget import NOTHING, Amount, Bill, Budget
from windlass.models.calls.clock import off_the_clock
from windlass.models.calls.stopping import StopSign

_LOOK_AGAIN_S: Final = 0.2

Answer = Literal["held", "wait", "over"]


class Ledger(Protocol):
    """What all processes of a run spent and hold. Every call blocks."""

    def hold(self, most: Amount) -> Answer:
        """Hold an amount if it fits; else say whether to ask again: calls under way may take less than held."""
        ...

    def settle(self, held: Amount, used: Amount) -> None:
        """Count what a call took, and no longer what was held for it."""
        ...


class SharedBudget(Budget):
    """Adds up what this process spends; whether a call fits, the ledger says."""

    def __init__(self, stop: StopSign, ledger: Ledger) -> None:
        super().__init__(stop, spent=NOTHING)
        self._sign = stop
        self._ledger = ledger

    @asynccontextmanager
    async def reserve(self, most: Amount) -> AsyncIterator[Bill]:
        """Hold what a call will take at most, for as long as it lasts. Raises Stopped when it does not fit."""
        with off_the_clock():
            await self._hold_in_ledger(most)
        bill = Bill(most)
        try:
            yield bill
        finally:
            self.tokens += bill.used.tokens
            self.cost_usd += bill.used.cost_usd or 0.0
            with off_the_clock():
                await asyncio.to_thread(self._ledger.settle, most, bill.used)

    async def _hold_in_ledger(self, most: Amount) -> None:
        while True:
            self._sign.check()
            answer = await asyncio.to_thread(self._ledger.hold, most)
            if answer == "held":
                return
            if answer == "over":
                self._sign.set("The run came to its budget.")
            await self._sign.sleep(_LOOK_AGAIN_S)
