"""HTTP/1.1 whose requests begin in time and with a bounded head: uvicorn's reader waits for any, of any size."""

from asyncio import BaseTransport, TimerHandle
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_HEAD_BYTES: Final = 64 * 1024
_HEADERS: Final = 1000
_HEAD_S: Final = 30.0
"""How long a connection may take for the head of a request, its first one included."""


class BoundedHeads(HttpToolsProtocol):
    """Refuses a head that is too large, and ends a connection on which none comes."""

    head_s = _HEAD_S

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._late: TimerHandle | None = None
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._late is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._late is not None and self._head_bytes > _HEAD_BYTES and not self.transport.is_closing():
            self._stop_clock()
            self.send_400_response(f"The head of the request is over {_HEAD_BYTES} bytes.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._expect_head()

    def on_headers_complete(self) -> None:
        self._stop_clock()
        if len(self.headers) > _HEADERS:
            raise ValueError(f"more than {_HEADERS} headers")
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._head_bytes = 0
        self._stop_clock()
        self._late = self.loop.call_later(self.head_s, self.transport.close)

    def _stop_clock(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
