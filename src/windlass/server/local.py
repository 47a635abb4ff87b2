"""The server in a thread of this process: for the demo, and for commands when no server runs."""

import logging
import threading
from types import TracebackType
from typing import Self

from windlass.errors import Unavailable
from windlass.server.logs import configure_logs
from windlass.server.run import listen, url_of, uvicorn_server
from windlass.server.services import Services
from windlass.settings import Settings

_READY_TIMEOUT_S = 30.0
_POLL_S = 0.01


class LocalServer:
    """The same app and engines as `windlass up`, for the length of a with block."""

    def __init__(self, settings: Settings) -> None:
        configure_logs(logging.WARNING)
        self._listener = listen(settings)
        self.url = url_of(settings.host, self._listener)
        try:
            self.services = Services(settings)
        except BaseException:
            self._listener.close()
            raise
        self._server = uvicorn_server(self.services)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._listener]}, name="windlass-server", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        waited = threading.Event()
        for _ in range(int(_READY_TIMEOUT_S / _POLL_S)):
            if self._server.started:
                self.services.announce(self.url)
                return self
            if not self._thread.is_alive():
                break
            waited.wait(_POLL_S)
        self.services.close()
        raise Unavailable("The server did not start; run `windlass up` to see why.")

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()
        self.services.close()
