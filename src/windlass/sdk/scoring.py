"""`windlass.score`: judgements of an application, delivered in the background like spans."""

import atexit
import logging
import threading
import time
from collections import deque
from datetime import UTC, datetime
from typing import Any, Final, Literal

from opentelemetry import trace as otel

from windlass.errors import ConfigurationError, Denied, Unauthenticated, Unavailable
from windlass.sdk.connection import current_client

log = logging.getLogger("windlass")

_MOST_WAITING: Final = 10_000
_BATCH: Final = 500
_DELAY_S: Final = 1.0
_ATTEMPTS: Final = 6
_FIRST_PAUSE_S: Final = 0.25
_OF_ALL: Final = (Unavailable, Unauthenticated, Denied, ConfigurationError)
"""Failures that have nothing to do with one score."""
_AT_EXIT_S: Final = 5.0

Source = Literal["code", "judge", "human"]


def score(
    name: str,
    value: bool | float | str | None,
    *,
    trace_id: str | None = None,
    span_id: str | None = None,
    session: str | None = None,
    comment: str = "",
    source: Source = "code",
    user: str = "",
    id: str = "",  # noqa: A002 - the API's word
) -> None:
    """Score a trace, one of its spans or a session; inside a traced function the current trace, unless told.

    It never raises and never waits: scores are delivered in the background, and those that cannot be are counted
    (`windlass.lost_scores()`) and logged.

    Args:
        name: What is judged, for example `helpful`; `user_feedback` (1 or 0) is a thumb up or down.
        value: A number, yes or no, or a category.
        trace_id: 32 hexadecimal digits.
        span_id: 16 hexadecimal digits, of a span of the trace.
        session: The `gen_ai.conversation.id` of a session that is judged as a whole.
        comment: Why.
        source: `code`, `judge` (a model) or `human`.
        user: Who says it, where it is not the application itself.
        id: The same id is the same score, sent again to replace it. By default a score replaces the one of the
            same name on the same thing, and people's scores stand beside each other.
    """
    if trace_id is None and (span_id is not None or session is None):
        trace_id = _current_trace_id()
    _sender.take(
        {
            "name": name,
            "value": value,
            "trace_id": trace_id or "",
            "span_id": span_id or "",
            "conversation": session or "",
            "explanation": comment,
            "source": source,
            "author": user,
            "id": id,
            "time": datetime.now(UTC).isoformat(),
        }
    )


def lost_scores() -> int:
    """Return how many scores could not be delivered since the process began."""
    return _sender.lost


def flush_scores(timeout_s: float) -> bool:
    """Deliver every score that was given; return whether that was done in time."""
    return _sender.flush(timeout_s)


def _current_trace_id() -> str:
    context = otel.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else ""


class _Sender:
    """Scores that wait, and the thread that delivers them; it is started by the first score."""

    def __init__(self) -> None:
        self.lost = 0
        self._waiting: deque[dict[str, Any]] = deque()
        self._taken = 0
        self._settled = 0
        self._flush_wanted = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def take(self, given: dict[str, Any]) -> None:
        with self._changed:
            if not (given["trace_id"] or given["conversation"]):
                self._lose(1, "outside of a traced function a score needs a trace_id or a session")
                return
            if len(self._waiting) >= _MOST_WAITING:
                self._lose(1, "too many are waiting")
                return
            self._waiting.append(given)
            self._taken += 1
            if self._thread is None:
                atexit.register(self._end)
            if self._thread is None or not self._thread.is_alive():
                # A forked process has this object, and not its thread.
                self._thread = threading.Thread(target=self._run, name="windlass-scores", daemon=True)
                self._thread.start()
            if len(self._waiting) == 1 or len(self._waiting) >= _BATCH:
                self._changed.notify_all()

    def flush(self, timeout_s: float) -> bool:
        with self._changed:
            wanted = self._taken
            if self._settled >= wanted:
                return True
            self._flush_wanted = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._settled >= wanted, timeout_s)

    def _end(self) -> None:
        if not self.flush(_AT_EXIT_S):
            with self._changed:
                self._lose(self._taken - self._settled, "the process ends")

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                self._changed.wait_for(lambda: len(self._waiting) >= _BATCH or self._flush_wanted, _DELAY_S)
                batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
                self._flush_wanted = self._flush_wanted and bool(self._waiting)
            self._deliver(batch)
            with self._changed:
                self._settled += len(batch)
                self._changed.notify_all()

    def _deliver(self, batch: list[dict[str, Any]]) -> None:
        """Send scores; of a batch that is refused, halve by halve, all but those that are wrong."""
        try:
            _send(batch)
        except Exception as error:  # noqa: BLE001 - what is no JSON, or whatever: the thread goes on
            if len(batch) == 1 or isinstance(error, _OF_ALL):
                with self._changed:
                    self._lose(len(batch), str(error))
                return
            half = len(batch) // 2
            self._deliver(batch[:half])
            self._deliver(batch[half:])

    def _lose(self, count: int, reason: str) -> None:
        self.lost += count
        log.warning("%d scores could not be delivered (%d so far): %s", count, self.lost, reason)


def _send(batch: list[dict[str, Any]]) -> None:
    for attempt in range(_ATTEMPTS):
        try:
            current_client().post("/scores", {"items": batch})
        except Unavailable:
            if attempt == _ATTEMPTS - 1:
                raise
            time.sleep(_FIRST_PAUSE_S * 2**attempt)
        else:
            return


_sender = _Sender()
