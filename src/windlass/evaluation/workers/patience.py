"""Waiting for a database that is away: what is in hand was paid for."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from windlass.errors import Unavailable
from windlass.evaluation.workers.seats import SeatLost

_log = logging.getLogger(__name__)

T = TypeVar("T")


class Patience:
    """Tries again what is Unavailable, until it is done or the process is to end."""

    def __init__(self, give_up: threading.Event, *, between_s: float = 0.5) -> None:
        self._give_up = give_up
        self._between_s = between_s

    def until_done(self, attempt: Callable[[], T]) -> T:
        """Return what an attempt returns that does not raise Unavailable. Raises SeatLost."""
        said = False
        while True:
            try:
                return attempt()
            except Unavailable as error:
                if not said:
                    _log.warning("Waiting: %s", error.message)
                    said = True
                if self._give_up.wait(self._between_s):
                    raise SeatLost("The worker ends while the database is away.") from error
