"""The only way in for spans: bounded, and answered when they are on disk.

Requests that arrive together are synced to one file of the spool; whatever the spool holds by the time the engine
is free is loaded as one insert, because an insert costs tens of milliseconds however small it is. The spool is on
the disk of the embedded engine, so its bytes are as safe as the engine's parts. With a server elsewhere it is not,
and requests are answered when that server has committed them.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Final, Literal, NamedTuple

from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from windlass.errors import InputError, Overloaded, Unavailable
from windlass.storage.warehouse import Warehouse
from windlass.telemetry import metric_exemplars, metric_points, span_events
from windlass.telemetry.grouped_inserts import GroupedInserts
from windlass.telemetry.intake import Intake
from windlass.telemetry.loading import Loading
from windlass.telemetry.media_uses import note_uses
from windlass.telemetry.otlp.exemplars import Exemplar
from windlass.telemetry.otlp.logs import LogEvent
from windlass.telemetry.otlp.metrics import MetricPoint
from windlass.telemetry.preparation import prepare
from windlass.telemetry.redeliveries import Moved, Redeliveries
from windlass.telemetry.room import Room
from windlass.telemetry.rows import encode_rows
from windlass.telemetry.schema import drop_inboxes, list_inboxes
from windlass.telemetry.scores import RunScore, Score, insert_run_scores, insert_scores
from windlass.telemetry.spool import Segment, Spool

_log = logging.getLogger(__name__)

_QUEUE_BYTES: Final = 64 * 2**20
_SPOOL_BYTES: Final = 56 * 2**20
"""What may wait in the spool: about what the engine loads in a second on a slow machine, for acknowledged spans
can be queried within that. Past it, requests wait for room, as it is given back while they are loaded."""
_GROUP_BYTES: Final = 24 * 2**20
"""What is loaded at once. A larger load is cheaper, for 40 ms of each do not depend on its size; but it takes more
memory, and its spans wait longer for each other."""
_LINGER_S: Final = 0.5
"""How long a small group waits for more when nobody waits for it to be queryable. An insert, and the merges of
what it makes, cost as much for a hundred spans as for a thousand: two a second take little more than half of what
four do."""
_PATIENCE_S: Final = 5.0
"""How long a request waits for room. Exporters give up after 10 s, and would never learn why."""
_RETRY_S: Final = 1.0

Stage = Literal["spooled", "queryable"]


class _Waiting(NamedTuple):
    rows: bytes
    done: Future[None]
    stage: Stage
    since: float
    moved: Sequence[Moved] = ()


class _Owner(NamedTuple):
    """Who waits until a part of a segment can be queried."""

    start: int
    end: int
    done: Future[None]


class _Spooled(NamedTuple):
    segment: Segment
    owners: list[_Owner]
    since: float
    moved: Sequence[Moved] = ()


class Writer:
    """Writes spans and scores. Every method may be called from any thread."""

    def __init__(
        self,
        warehouse: Warehouse,
        folder: Path,
        *,
        intake: Intake | None = None,
        queue_bytes: int = _QUEUE_BYTES,
        spool_bytes: int = _SPOOL_BYTES,
        group_bytes: int = _GROUP_BYTES,
    ) -> None:
        """Bring the warehouse to this version's schema, take up what the spool in ``folder`` holds, and start.

        Whoever hands spans over, they go through ``intake`` first.
        ``queue_bytes`` bounds what may wait in memory, ``spool_bytes`` what may wait on disk.
        """
        self._warehouse = warehouse
        self._intake = intake
        self._inbox = prepare(warehouse)
        self._redeliveries = Redeliveries(warehouse)
        self._events = GroupedInserts(warehouse, span_events.TABLE)
        self._points = GroupedInserts(warehouse, metric_points.TABLE)
        self._exemplars = GroupedInserts(warehouse, metric_exemplars.TABLE)
        self._spool = Spool(folder, self._inbox)
        self._loading = Loading(warehouse, self._spool)
        self._acknowledged: Stage = "spooled" if warehouse.embedded else "queryable"
        self._queue_bytes = queue_bytes
        self._room = Room(spool_bytes)
        self._group_bytes = group_bytes
        self.arrived_bytes = 0
        """Of spans that were taken since the start; it only grows."""
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        self._spooled = deque(_Spooled(segment, [], 0.0) for segment in self._take_up())
        self._room.take(sum(spooled.segment.size for spooled in self._spooled))
        self._closing = False
        self._spool_closed = False
        self._changed = threading.Condition()
        self._threads = [
            threading.Thread(target=self._run_spool, name="windlass-spool", daemon=True),
            threading.Thread(target=self._run_loader, name="windlass-loader", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def refused(self) -> int:
        """Spans that were acknowledged and that the warehouse could not store: they are set aside in the spool."""
        return self._loading.refused

    def submit(
        self,
        project: str,
        request: bytes | ExportTraceServiceRequest,
        *,
        body: bytes | None = None,
        stage: Stage | None = None,
    ) -> Future[None]:
        """Hand over an OTLP export request, serialised or parsed; with ``body``, its bytes, if they are at hand.

        A parsed request may be changed by this: see ``Intake``.
        The future is resolved when the spans are safe on disk, or with the stage ``queryable`` when they can be
        read as well; or it holds Unavailable (try again), or InputError (the warehouse cannot store them). Raises
        InputError when the bytes are no request, Unavailable at once when too much is waiting or the writer is
        closed.
        """
        parsed = _parsed(request)
        if body is None:
            body = request if isinstance(request, bytes) else request.SerializeToString()
        body = self.clean(project, parsed, body)
        rows = encode_rows(project, parsed, body, time.time_ns())
        if rows:
            return self._enqueue(rows, stage or self._acknowledged, self._redeliveries.find(project, parsed))
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def clean(self, project: str, message: Message, body: bytes) -> bytes:
        """Take out of an OTLP message, in place, what must not be stored, and return its bytes then."""
        if self._intake is None:
            return body
        body = self._intake.clean(project, message, body)
        note_uses(self._warehouse, project, message, body)
        return body

    def write_spans(self, project: str, request: bytes | ExportTraceServiceRequest) -> None:
        """Store an OTLP export request so that it can be read on return; raises what ``submit`` says."""
        self.submit(project, request, stage="queryable").result()

    def commit_spans(self, project: str, request: bytes | ExportTraceServiceRequest) -> None:
        """Store an OTLP export request so that it is safe on return; to read it at once, ``flush``."""
        self.submit(project, request).result()

    def flush(self) -> None:
        """Wait until all spans handed over before can be read; raises Unavailable when the engine fails."""
        with self._changed:
            if not self._waiting and not self._room.taken:
                return
        self._enqueue(b"", "queryable").result()

    def write_scores(self, project: str, scores: Sequence[Score]) -> None:
        """Commit scores; raises Unavailable when they could not be written, and then none was."""
        insert_scores(self._warehouse, project, scores)

    def write_run_scores(self, project: str, scores: Sequence[RunScore], *, run: str, release: str) -> None:
        """Commit scores that a run gave its samples, as ``write_scores`` does."""
        insert_run_scores(self._warehouse, project, scores, run=run, release=release)

    def write_events(self, project: str, events: Sequence[LogEvent]) -> None:
        """Commit events; raises what ``GroupedInserts.insert`` says. The same event twice is one."""
        self._events.insert(span_events.rows_of(project, events, time.time_ns()))

    def write_points(
        self, project: str, points: Sequence[MetricPoint], exemplars: Sequence[Exemplar] = ()
    ) -> None:
        """Commit points of metrics and their exemplars; raises what ``GroupedInserts.insert`` says.

        The same point, or exemplar, twice is one.
        """
        received_ns = time.time_ns()
        self._exemplars.insert(metric_exemplars.rows_of(project, exemplars, received_ns))
        self._points.insert(metric_points.rows_of(project, points, received_ns))

    def close(self) -> None:
        """Take no more, load what waits, and stop. What cannot be loaded stays in the spool for the next start."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        self._redeliveries.close()

    def _enqueue(self, rows: bytes, stage: Stage, moved: Sequence[Moved] = ()) -> Future[None]:
        done: Future[None] = Future()
        # Not to be cancelled: who stops waiting for the answer does not take the spans back.
        done.set_running_or_notify_cancel()
        with self._changed:
            if self._closing:
                raise Unavailable(
                    "No more spans are taken: windlass is stopping. Send them again when it is back."
                )
            if self._waiting_bytes and self._waiting_bytes + len(rows) > self._queue_bytes:
                raise Overloaded(
                    f"{self._waiting_bytes} bytes of spans wait to be written, and the bound is "
                    f"{self._queue_bytes}. Send these again in a second."
                )
            self._waiting_bytes += len(rows)
            self.arrived_bytes += len(rows)
            self._waiting.append(_Waiting(rows, done, stage, time.monotonic(), moved))
            self._changed.notify_all()
        return done

    def _take_up(self) -> list[Segment]:
        """Return what an earlier process left that can be loaded, and drop the inboxes that nothing waits for."""
        left = self._spool.left()
        known = list_inboxes(self._warehouse)
        for table in sorted({segment.inbox.table for segment in left} - known):
            _log.error("Spans in the spool folder %s are of another warehouse and stay there.", table)
        loadable = [segment for segment in left if segment.inbox.table in known]
        if self._warehouse.embedded:
            # The only process that could still use another version's inbox is this one.
            drop_inboxes(self._warehouse, known - {self._inbox.table} - {s.inbox.table for s in loadable})
        return loadable

    def _run_spool(self) -> None:
        while group := self._next_group():
            self._add(group)
        with self._changed:
            self._spool_closed = True
            self._changed.notify_all()

    def _next_group(self) -> list[_Waiting]:
        """Wait for requests and room, and return some requests, or none when the writer is closed and empty."""
        with self._changed:
            while True:
                self._refuse_the_impatient()
                room_in = self._room.wait_s()
                if self._waiting and room_in <= 0:
                    break
                if self._closing and not self._waiting:
                    return []
                patience = self._patience_left()
                self._changed.wait(patience if patience is None else min(patience, room_in))
            group: list[_Waiting] = []
            size = 0
            while self._waiting and (not group or size + len(self._waiting[0].rows) <= self._group_bytes):
                group.append(self._waiting.popleft())
                size += len(group[-1].rows)
            self._waiting_bytes -= size
            # Counted before it is written: what is between the queue and the spool takes room, too.
            self._room.take(size)
            return group

    def _patience_left(self) -> float | None:
        return max(0.0, self._waiting[0].since + _PATIENCE_S - time.monotonic()) if self._waiting else None

    def _refuse_the_impatient(self) -> None:
        while self._waiting and self._patience_left() == 0:
            waiting = self._waiting.popleft()
            self._waiting_bytes -= len(waiting.rows)
            waiting.done.set_exception(
                Overloaded("The warehouse does not keep up with the spans that arrive. Send these again.")
            )

    def _add(self, group: list[_Waiting]) -> None:
        try:
            segment = self._spool.add([waiting.rows for waiting in group])
        except Unavailable as error:
            with self._changed:
                self._room.free(sum(len(waiting.rows) for waiting in group))
            for waiting in group:
                waiting.done.set_exception(error)
            return
        owners = []
        start = 0
        for waiting in group:
            end = start + len(waiting.rows)
            if waiting.stage == "queryable":
                owners.append(_Owner(start, end, waiting.done))
            start = end
        with self._changed:
            moved = [span for waiting in group for span in waiting.moved]
            self._spooled.append(_Spooled(segment, owners, time.monotonic(), moved))
            self._changed.notify_all()
        for waiting in group:
            if waiting.stage == "spooled":
                waiting.done.set_result(None)

    def _run_loader(self) -> None:
        while group := self._next_load():
            try:
                self._load(group)
            except Unavailable as error:
                self._end_load(succeeded=False)
                if self._give_up(error):
                    return
            else:
                self._end_load(succeeded=True)

    def _end_load(self, *, succeeded: bool) -> None:
        with self._changed:
            self._room.end_load(succeeded=succeeded)
            self._changed.notify_all()

    def _next_load(self) -> list[_Spooled]:
        """Wait until loading is worth it; return what to load, or nothing when the writer is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._spooled or self._spool_closed)
            if self._spooled:
                age = time.monotonic() - self._spooled[0].since
                self._changed.wait_for(self._is_worth_loading, max(0.0, _LINGER_S - age))
            group: list[_Spooled] = []
            size = 0
            for spooled in self._spooled:
                if group and (
                    size + spooled.segment.size > self._group_bytes
                    or spooled.segment.inbox != group[0].segment.inbox
                ):
                    break
                group.append(spooled)
                size += spooled.segment.size
            self._room.begin_load(size)
            # Who waits for room can have some by and by.
            self._changed.notify_all()
            return group

    def _is_worth_loading(self) -> bool:
        return (
            self._closing
            or self._room.taken >= self._group_bytes
            or any(spooled.owners for spooled in self._spooled)
        )

    def _load(self, group: list[_Spooled]) -> None:
        """Load segments in one insert, or one by one when one of them cannot be read."""
        if self._loading.load([spooled.segment for spooled in group]):
            self._forget(group)
        elif len(group) > 1:
            for spooled in group:
                self._load([spooled])
        else:
            for bad in self._loading.load_what_can_be_read(group[0].segment):
                for owner in group[0].owners:
                    if owner.start <= bad.row.place < owner.end and not owner.done.done():
                        owner.done.set_exception(bad.error)
            self._forget(group)

    def _forget(self, group: list[_Spooled]) -> None:
        """Drop segments that are in the warehouse, and tell who waits for them."""
        self._redeliveries.settle(span for spooled in group for span in spooled.moved)
        self._spool.remove([spooled.segment for spooled in group])
        with self._changed:
            for spooled in group:
                self._spooled.remove(spooled)
                self._room.free(spooled.segment.size)
            self._changed.notify_all()
        for spooled in group:
            for owner in spooled.owners:
                if not owner.done.done():
                    owner.done.set_result(None)

    def _give_up(self, error: Unavailable) -> bool:
        """Tell who waits that the engine fails; then wait, and say whether the writer has closed meanwhile."""
        _log.warning("Spans wait in the spool: %s", error.message)
        with self._changed:
            for position, spooled in enumerate(self._spooled):
                for owner in spooled.owners:
                    if not owner.done.done():
                        owner.done.set_exception(error)
                self._spooled[position] = spooled._replace(owners=[])
            self._changed.wait_for(lambda: self._closing, _RETRY_S)
            return self._closing and self._spool_closed


def _parsed(request: bytes | ExportTraceServiceRequest) -> ExportTraceServiceRequest:
    if isinstance(request, ExportTraceServiceRequest):
        return request
    try:
        return ExportTraceServiceRequest.FromString(request)
    except DecodeError as error:
        raise InputError("The bytes are not an OTLP ExportTraceServiceRequest in protobuf.") from error
