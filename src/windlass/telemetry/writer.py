"""The only way in for spans: group commit, bounded, and answered when the rows are on disk.

Requests that arrive while the engine is busy wait together and are committed as one insert, because an insert
costs tens of milliseconds however small it is.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from typing import NamedTuple

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from windlass.errors import InputError, Unavailable, WindlassError
from windlass.storage.warehouse import Warehouse, WarehouseError
from windlass.telemetry.rows import encode_rows
from windlass.telemetry.schema import prepare
from windlass.telemetry.scores import Score, insert_scores

_QUEUE_BYTES = 64 * 1024 * 1024
_GROUP_BYTES = 16 * 1024 * 1024

_LINGER_S = 0.02
"""How long a group waits for as many requests as there were senders a moment ago; a lone sender never waits."""

_DATA_ERRORS = frozenset({6, 27, 32, 33, 38, 69, 72, 117, 131, 321, 444})
"""Codes with which ClickHouse says that it cannot read what it was given; any other is the engine's trouble."""


class _Waiting(NamedTuple):
    rows: bytes
    done: Future[None]


class Writer:
    """Writes spans and scores. Every method may be called from any thread."""

    def __init__(
        self, warehouse: Warehouse, *, queue_bytes: int = _QUEUE_BYTES, group_bytes: int = _GROUP_BYTES
    ) -> None:
        """Bring the warehouse to this version's schema and start; ``queue_bytes`` bounds what may wait."""
        self._warehouse = warehouse
        self._inbox = prepare(warehouse)
        self._queue_bytes = queue_bytes
        self._group_bytes = group_bytes
        self._waiting: deque[_Waiting] = deque()
        self._pending_bytes = 0
        self._expected = 1
        self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="windlass-writer", daemon=True)
        self._thread.start()

    def submit(self, project: str, request: bytes | ExportTraceServiceRequest) -> Future[None]:
        """Hand over an OTLP export request (serialised, or parsed: then it is the writer's from now on).

        The future is resolved when the spans are committed and can be queried, or holds InputError
        (this request cannot be stored) or Unavailable (try again). Raises InputError when the bytes are no
        request, Unavailable at once when too much is waiting or the writer is closed.
        """
        rows = encode_rows(project, _parsed(request), time.time_ns())
        done: Future[None] = Future()
        # Not to be cancelled: who stops waiting for the answer does not take the spans back.
        done.set_running_or_notify_cancel()
        if not rows:
            done.set_result(None)
            return done
        with self._changed:
            if self._closing:
                raise Unavailable(
                    "No more spans are taken: windlass is stopping. Send them again when it is back."
                )
            if self._pending_bytes and self._pending_bytes + len(rows) > self._queue_bytes:
                raise Unavailable(
                    f"{self._pending_bytes} bytes of spans wait to be written, and the bound is "
                    f"{self._queue_bytes}. Send these again in a second."
                )
            self._pending_bytes += len(rows)
            self._waiting.append(_Waiting(rows, done))
            self._changed.notify()
        return done

    def write_spans(self, project: str, request: bytes | ExportTraceServiceRequest) -> None:
        """Commit an OTLP export request; raises what the future of ``submit`` would hold."""
        self.submit(project, request).result()

    def write_scores(self, project: str, scores: Sequence[Score]) -> None:
        """Commit scores; raises Unavailable when they could not be written, and then none was."""
        insert_scores(self._warehouse, project, scores)

    def close(self) -> None:
        """Take no more, commit what waits, and stop."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while group := self._next_group():
            self._commit(group)
            with self._changed:
                self._expected = len(group) + len(self._waiting)

    def _next_group(self) -> list[_Waiting]:
        """Wait for requests and return some, or none when the writer is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            # Senders that were answered together send again together: without this they would split into
            # those who come just in time and those who wait for them, in groups of half the size.
            self._changed.wait_for(lambda: len(self._waiting) >= self._expected or self._closing, _LINGER_S)
            group: list[_Waiting] = []
            size = 0
            while self._waiting and (not group or size + len(self._waiting[0].rows) <= self._group_bytes):
                group.append(self._waiting.popleft())
                size += len(group[-1].rows)
            return group

    def _commit(self, group: list[_Waiting]) -> None:
        error = self._insert(b"".join(waiting.rows for waiting in group))
        if isinstance(error, InputError) and len(group) > 1:
            # One of them is to blame: each alone, so that the others do not suffer for it.
            for waiting in group:
                self._commit([waiting])
            return
        for waiting in group:
            self._settle(waiting, error)

    def _settle(self, waiting: _Waiting, error: WindlassError | None) -> None:
        with self._changed:
            self._pending_bytes -= len(waiting.rows)
        if error is None:
            waiting.done.set_result(None)
        else:
            waiting.done.set_exception(error)

    def _insert(self, rows: bytes) -> WindlassError | None:
        try:
            self._warehouse.insert_protobuf(self._inbox.table, rows, self._inbox.schema)
        except WarehouseError as error:
            if error.code in _DATA_ERRORS:
                return InputError(f"The spans cannot be stored: {error.message}")
            return error
        except Exception as error:  # noqa: BLE001 - the thread must outlive whatever a driver raises
            return Unavailable(f"The spans could not be written: {type(error).__name__}: {error}.")
        return None


def _parsed(request: bytes | ExportTraceServiceRequest) -> ExportTraceServiceRequest:
    if isinstance(request, ExportTraceServiceRequest):
        return request
    try:
        return ExportTraceServiceRequest.FromString(request)
    except DecodeError as error:
        raise InputError("The bytes are not an OTLP ExportTraceServiceRequest in protobuf.") from error
