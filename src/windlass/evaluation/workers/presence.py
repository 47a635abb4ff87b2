"""A worker's signs of life, from a thread of its own: an evaluator that computes for long must not look dead."""

import logging
import threading
from collections.abc import Callable
from typing import Final, NamedTuple

from windlass.errors import Unavailable
from windlass.evaluation.workers.roster import Worker, enter, leave, stay
from windlass.evaluation.workers.seats import Seat, SeatLost, renew_seat
from windlass.models.calls.counts import CallCounts
from windlass.storage.database import Database

_log = logging.getLogger(__name__)

_SIGNS_OF_A_LEASE: Final = 6
_LONGEST_S: Final = 1.0


class _Held(NamedTuple):
    seat: Seat
    calls: Callable[[], CallCounts]
    over: threading.Event


class Presence:
    """Says that a worker is there, and that it has a seat, until it leaves."""

    def __init__(self, database: Database, name: str, lease_s: float) -> None:
        self._database = database
        self._lease_s = lease_s
        self.worker: Worker = enter(database, name, lease_s)
        self._held: _Held | None = None
        self._lock = threading.Lock()
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._run, name="windlass-presence", daemon=True)
        self._thread.start()

    def hold(self, seat: Seat, calls: Callable[[], CallCounts]) -> threading.Event:
        """Keep a seat alive; the event is set when its run is over, or others took the seat."""
        held = _Held(seat, calls, threading.Event())
        with self._lock:
            self._held = held
        return held.over

    def let_go(self) -> None:
        """Keep no seat alive any more; none is being renewed on return."""
        with self._lock:
            self._held = None

    def leave(self) -> None:
        """Say that the worker is gone."""
        self._left.set()
        self._thread.join()
        leave(self._database, self.worker)

    def _run(self) -> None:
        while not self._left.wait(min(_LONGEST_S, self._lease_s / _SIGNS_OF_A_LEASE)):
            try:
                stay(self._database, self.worker, self._lease_s)
                with self._lock:
                    self._renew()
            except Unavailable as error:
                _log.debug("no sign of life could be given: %s", error.message)
            except Exception:  # noqa: BLE001 - silent, it would lose what it goes on with to others
                _log.exception("no sign of life could be given")

    def _renew(self) -> None:
        held = self._held
        if held is None or held.over.is_set():
            return
        try:
            going_on = renew_seat(self._database, held.seat, self._lease_s, held.calls())
        except SeatLost as error:
            _log.warning("%s", error.message)
            going_on = False
        if not going_on:
            held.over.set()
