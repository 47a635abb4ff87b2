"""Work in the background that comes again and again: one thread that looks to each duty once in a while."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from windlass.errors import WindlassError

_log = logging.getLogger(__name__)

_FIRST_S: Final = 60.0
"""After the start there are better things to do."""


class Duty(NamedTuple):
    name: str
    every_s: float
    do: Callable[[threading.Event], None]
    """Is given what is set once the server is about to end: a duty of several parts looks at it between them."""


class Rounds:
    """Looks to duties, each every so many seconds.

    A thread and no durable job: a duty finds out by itself what is left to do, so one that was cut off loses
    nothing.
    """

    def __init__(self, duties: Sequence[Duty], *, first_s: float = _FIRST_S) -> None:
        self._duties = duties
        self._first_s = first_s
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the thread, if it does not run yet."""
        with self._lock:
            if self._thread is None and not self._stopping.is_set():
                self._thread = threading.Thread(target=self._run, name="windlass-rounds", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Let what is under way come to its next part, and stop."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        began = time.monotonic()
        due = {duty.name: began + min(self._first_s, duty.every_s) for duty in self._duties}
        while True:
            duty = min(self._duties, key=lambda each: due[each.name])
            if self._stopping.wait(max(0.0, due[duty.name] - time.monotonic())):
                return
            self._do(duty)
            due[duty.name] = time.monotonic() + duty.every_s

    def _do(self, duty: Duty) -> None:
        try:
            duty.do(self._stopping)
        except WindlassError as error:
            _log.warning("%s could not be done, and is tried again: %s", duty.name, error.message)
        except Exception:  # noqa: BLE001 - a fault of ours in one duty must not end the others
            _log.exception("%s failed, and is tried again", duty.name)
