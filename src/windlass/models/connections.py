"""HTTP connections that belong to one event loop and are closed with it."""

import ssl
from collections.abc import AsyncGenerator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from httpx2 import AsyncClient


@cache
def certificates() -> ssl.SSLContext:
    """Return the authorities that are trusted; reading them takes 30 ms, so once a process."""
    from httpx2 import create_ssl_context

    return create_ssl_context()


class LoopConnections:
    """A client that the event loop closes when it shuts down: nobody else knows when that is."""

    def __init__(self, http: "AsyncClient") -> None:
        self.http = http
        self._guard: AsyncGenerator[None, None] = self._close_at_end()

    async def close_with_loop(self) -> None:
        # An event loop that shuts down closes its unfinished async generators, and with this one the connections.
        await anext(self._guard)

    async def _close_at_end(self) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            await self.http.aclose()
