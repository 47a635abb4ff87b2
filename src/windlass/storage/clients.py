"""The clients of the warehouse's engine: one runs one statement at a time, so there are a few."""

import contextlib
import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from windlass.errors import Unavailable

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

CLOSED: Final = "The warehouse is closed: windlass is stopping."


class Clients:
    """At most ``size`` clients, made when first needed, the warmest one first."""

    def __init__(self, connect: "Callable[[], Client]", size: int) -> None:
        self._connect = connect
        self._idle: queue.LifoQueue[Client] = queue.LifoQueue()
        self._all: list[Client] = [connect()]
        self.size = size
        self._lock = threading.Lock()
        self._closed = False
        self._idle.put(self._all[0])

    def take(self) -> "Client":
        with contextlib.suppress(queue.Empty):
            return self._idle.get_nowait()
        return self._one_more() or self._idle.get()

    def connect_all(self) -> None:
        while client := self._one_more():
            self._idle.put(client)

    def _one_more(self) -> "Client | None":
        with self._lock:
            if self._closed:
                raise Unavailable(CLOSED)
            if len(self._all) == self.size:
                return None
            self._all.append(self._connect())
            return self._all[-1]

    def give_back(self, client: "Client") -> None:
        self._idle.put(client)

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            everyone = list(self._all)
        for _ in everyone:
            self._idle.get().close()
