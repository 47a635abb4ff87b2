"""Retention in the background: a thread that applies every project's policy, once in a while."""

import logging
import threading
from typing import Final

from windlass.errors import WindlassError
from windlass.telemetry.lifecycle.retention import Retentions

_log = logging.getLogger(__name__)

_FIRST_S: Final = 60.0
"""After the start there are better things to do."""


class RetentionRounds:
    """Applies retention every `interval_s` seconds.

    A thread and no durable job: a round finds out by itself what is left to clear, so one that was cut off loses
    nothing.
    """

    def __init__(self, retentions: Retentions, *, interval_s: float, first_s: float = _FIRST_S) -> None:
        self._retentions = retentions
        self._interval_s = interval_s
        self._first_s = min(first_s, interval_s)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the thread, if it does not run yet."""
        with self._lock:
            if self._thread is None and not self._stopping.is_set():
                self._thread = threading.Thread(target=self._run, name="windlass-retention", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Let the project that is under way be finished, and stop."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        wait_s = self._first_s
        while not self._stopping.wait(wait_s):
            self._round()
            wait_s = self._interval_s

    def _round(self) -> None:
        try:
            for project in self._retentions.projects():
                if self._stopping.is_set():
                    return
                self._retentions.apply(project)
        except WindlassError as error:
            _log.warning("retention could not be applied, and is tried again: %s", error.message)
