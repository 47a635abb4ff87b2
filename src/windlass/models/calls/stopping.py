"""Stopping the calls of a run: those under way finish, for they are paid for; no other begins."""

import asyncio

from windlass.errors import WindlassError


class Stopped(WindlassError):
    """A call that was not made because its run is ending: no result of the sample that wanted it."""


class StopSign:
    """Set once; whoever waits to make a call then raises Stopped."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.reason: str | None = None

    def set(self, reason: str) -> None:
        """Let no further call begin; the first reason counts."""
        if self.reason is None:
            self.reason = reason
            self._event.set()

    def check(self) -> None:
        """Raise Stopped once it is set."""
        if self.reason is not None:
            raise Stopped(self.reason)

    async def sleep(self, seconds: float) -> None:
        """Wait, but no longer than until the sign is set. Raises Stopped."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return
        self.check()
