"""Spans that come again with another start: the last delivery counts, and the older rows are deleted.

The engine keeps one row for each start, for that is how its rows are ordered: to look a span up by its id in each
read, or for each span that is written, would cost more than all else. So the starts of the last million spans are
remembered, and only of spans that one of these knows otherwise is the warehouse asked, beside all other work.
"""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import logging
import threading
import time
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from windlass.errors import Unavailable
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.rollups.minutes import MINUTE_NS, changing
from windlass.telemetry.spans import AMONG, SpanPlace, among
from windlass.telemetry.summaries import find_bounds, integer

_log = logging.getLogger(__name__)

_REMEMBERED: Final = 2**20
"""Spans, of 16 bytes each; a power of two."""
_WAITING: Final = 100_000
"""Spans that may wait to be looked at."""
_AT_ONCE: Final = 1000
"""Spans of one mutation, whose text holds them."""
_REST: Final = 4
"""How many times as long as it worked the thread rests: who sends everything twice must not hold up others."""

_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
"""Multiplying by it spreads numbers that lie close together."""

_ASKED: Final = attrgetter("trace_id", "span_id", "start_time_unix_nano")


class Moved(NamedTuple):
    """A span that came before, probably, and then with another start."""

    project: str
    trace_id: str
    span_id: str


class Redeliveries:
    """Finds spans that come again with another start, and leaves the last. May be used from any thread."""

    def __init__(self, warehouse: Warehouse, *, remembered: int = _REMEMBERED) -> None:
        self._warehouse = warehouse
        self._shift = np.uint64(65 - remembered.bit_length())
        self._spans = np.zeros(remembered, dtype=np.uint64)
        self._starts = np.zeros(remembered, dtype=np.uint64)
        self._lock = threading.Lock()
        self._waiting: dict[Moved, None] = {}
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="windlass-redeliveries", daemon=True)
        self._thread.start()

    def find(self, project: str, request: ExportTraceServiceRequest) -> list[Moved]:
        """Remember the spans of a request, and return those that came before with another start."""
        spans = [
            span
            for resource_spans in request.resource_spans
            for scope_spans in resource_spans.scope_spans
            for span in scope_spans.spans
        ]
        if not spans:
            return []
        traces, ids, starts = zip(*map(_ASKED, spans), strict=True)
        keys = _keys(project, b"".join(traces), b"".join(ids))
        if len(keys) != len(spans):
            # An id of another length: the warehouse refuses that.
            return []
        began = np.array(starts, dtype=np.uint64)
        at = keys >> self._shift
        with self._lock:
            came = (self._spans[at] == keys) & (self._starts[at] != began)
            self._spans[at], self._starts[at] = keys, began
            # Of a span that a request has twice the last is there now.
            came |= (self._spans[at] == keys) & (self._starts[at] != began)
        return [Moved(project, traces[place].hex(), ids[place].hex()) for place in np.flatnonzero(came)]

    def settle(self, moved: Iterable[Moved]) -> None:
        """Leave the last delivery of each of these spans, in a moment; all of them can be read by now."""
        moved = dict.fromkeys(moved)
        if not moved:
            return
        with self._changed:
            if len(self._waiting) > _WAITING:
                _log.warning("More spans come again with another start than can be looked at: some stay twice.")
                return
            self._waiting |= moved
            self._changed.notify_all()

    def close(self) -> None:
        """Settle what waits, and stop."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while moved := self._next():
            began = time.monotonic()
            try:
                _leave_the_last(self._warehouse, moved)
            except Unavailable as error:
                _log.warning("Spans that came again with another start stay twice: %s", error.message)
            with self._changed:
                self._changed.wait_for(lambda: self._closing, (time.monotonic() - began) * _REST)

    def _next(self) -> list[Moved]:
        """Wait for spans and return some; none when this is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            of_project = next(iter(self._waiting)).project if self._waiting else ""
            moved = [span for span in self._waiting if span.project == of_project][:_AT_ONCE]
            for span in moved:
                del self._waiting[span]
            return moved


def _keys(project: str, traces: bytes, spans: bytes) -> NDArray[np.uint64]:
    """Return a number of 64 bits for each span, evenly spread; none when ids have odd lengths."""
    if len(traces) != 2 * len(spans) or len(spans) % 8:
        return np.zeros(0, dtype=np.uint64)
    halves = np.frombuffer(traces, ">u8").reshape(-1, 2)
    ours = np.uint64(hash(project) % 2**64)
    mixed = (halves[:, 0] ^ ours) * _ODD ^ halves[:, 1]
    keys: NDArray[np.uint64] = (mixed * _ODD ^ np.frombuffer(spans, ">u8")) * _ODD
    return keys


def _leave_the_last(warehouse: Warehouse, moved: Sequence[Moved]) -> None:
    """Delete the older rows of spans of one project; of two that came at once the later start counts."""
    project = moved[0].project
    bounds = find_bounds(warehouse, project, sorted({span.trace_id for span in moved}))
    if not bounds:
        return
    within = (min(bound.first_ns for bound in bounds), max(bound.last_ns for bound in bounds))
    places = [SpanPlace(start, span.trace_id, span.span_id) for span in moved for start in within]
    rows = warehouse.query(_OLDER, among(project, places))
    if not rows:
        return
    # Where the trace is looked for stays as wide as it was: a span may come meanwhile.
    starts = [integer(row["start_ns"]) for row in rows]
    older = {
        "project": project,
        "starts": starts,
        "traces": [str(row["trace"]) for row in rows],
        "spans": [str(row["span"]) for row in rows],
        "seen": max(integer(row["seen_ns"]) for row in rows),
    }
    with changing(warehouse, project, {start // MINUTE_NS for start in starts}):
        warehouse.execute(_DELETE, older)


_OLDER: Final = f"""
SELECT arrayJoin(arrayFilter(start -> start != last, starts)) AS start_ns, trace, span, seen_ns
FROM (
  SELECT groupUniqArray(toUnixTimestamp64Nano(start_time)) AS starts,
    argMax(toUnixTimestamp64Nano(start_time), (received, start_time)) AS last,
    toUnixTimestamp64Nano(max(received)) AS seen_ns, lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span
  FROM spans WHERE {AMONG} GROUP BY trace_id, span_id)
"""

_DELETE: Final = """
ALTER TABLE spans DELETE WHERE project = {project:String}
AND received <= fromUnixTimestamp64Nano({seen:Int64}, 'UTC') AND (start_time, trace_id, span_id) IN (
  SELECT fromUnixTimestamp64Nano(row.1, 'UTC'), toFixedString(unhex(row.2), 16), toFixedString(unhex(row.3), 8)
  FROM (SELECT arrayJoin(arrayZip({starts:Array(Int64)}, {traces:Array(String)}, {spans:Array(String)})) AS row))
SETTINGS mutations_sync = 2
"""
