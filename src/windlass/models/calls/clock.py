"""The time that one sample may take, which does not run while a provider's limits hold its calls back."""

import asyncio
import contextlib
from collections.abc import Iterator
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Self

_CURRENT: ContextVar[asyncio.Timeout | None] = ContextVar("windlass_time_limit", default=None)


class TimeLimit:
    """``asyncio.timeout`` that ``off_the_clock`` can hold on to from within."""

    __slots__ = ("_timeout", "_token")

    def __init__(self, seconds: float) -> None:
        self._timeout = asyncio.timeout(seconds)

    @property
    def expired(self) -> bool:
        """Whether it was this limit that ended what ran within, and not a TimeoutError of its own."""
        return self._timeout.expired()

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        self._token: Token[asyncio.Timeout | None] = _CURRENT.set(self._timeout)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _CURRENT.reset(self._token)
        await self._timeout.__aexit__(kind, error, trace)


@contextlib.contextmanager
def off_the_clock() -> Iterator[None]:
    """Stop the clock of the sample whose call waits here: it has not the wait to answer for."""
    timeout, loop = _CURRENT.get(), asyncio.get_running_loop()
    until = timeout.when() if timeout is not None else None
    if timeout is None or until is None or timeout.expired():
        yield
        return
    left = until - loop.time()
    timeout.reschedule(None)
    try:
        yield
    finally:
        # A task that outlives its sample finds its limit over, which cannot be moved any more.
        with contextlib.suppress(RuntimeError):
            timeout.reschedule(loop.time() + left)
