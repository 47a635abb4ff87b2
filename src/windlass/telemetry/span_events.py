"""Events that came as log records, to be read on the spans that they belong to."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from pydantic import BaseModel, JsonValue

from windlass.errors import InputError
from windlass.storage.warehouse import Row, Step, Warehouse
from windlass.telemetry.event_messages import texts_said
from windlass.telemetry.models import Event
from windlass.telemetry.otlp.logs import LogEvent
from windlass.telemetry.schema import DURABLE
from windlass.telemetry.summaries import LATEST_NS, instant, integer, nanoseconds_of
from windlass.telemetry.values import decode_attributes, decode_value

TABLE: Final = "span_events"

_EVENTS: Final = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
  project LowCardinality(String), trace_id String, span_id String, time_ns Int64, name LowCardinality(String),
  severity LowCardinality(String), body String, attributes Map(LowCardinality(String), String),
  resource Map(LowCardinality(String), String), scope LowCardinality(String), digest UInt64, received_ns Int64,
  INDEX by_time time_ns TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree(received_ns) ORDER BY (project, trace_id, span_id, time_ns, name, digest)
SETTINGS index_granularity = 1024, {DURABLE}
"""

_SAID: Final = f"""
ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS said String, ADD INDEX IF NOT EXISTS said_words said
  TYPE text(tokenizer = 'asciiCJK', preprocessor = lowerUTF8(said))
"""
"""The words of messages: a body and attributes are typed texts, in which nobody finds a word."""

STEPS: Final = (Step(1, "events of spans", (_EVENTS,)), Step(2, "words of events", (_SAID,)))

_READ: Final = (
    "SELECT trace_id, span_id, time_ns, name, severity, body, attributes, resource, scope, digest "
    f"FROM {TABLE} FINAL"
)


class StoredEvent(BaseModel):
    """A log record: an event of a span, of a trace, or of neither."""

    trace_id: str
    span_id: str
    time: datetime
    name: str
    severity: str
    body: JsonValue
    attributes: dict[str, JsonValue]
    resource: dict[str, JsonValue]
    scope: str


def rows_of(project: str, events: Iterable[LogEvent], received_ns: int) -> list[Row]:
    return [
        {"project": project, **event._asdict(), "said": _said(event), "received_ns": received_ns}
        for event in events
    ]


def _said(event: LogEvent) -> str:
    return texts_said(event.name, decode_value(event.body), decode_attributes(event.attributes))


def events_of_trace(warehouse: Warehouse, project: str, trace_id: str) -> Mapping[str, list[Event]]:
    """Return the events of a trace by the id of their span, oldest first; "" has those of no span."""
    found = events_of_traces(warehouse, project, [trace_id])
    return {span_id: events for (_, span_id), events in found.items()}


def events_of_traces(
    warehouse: Warehouse, project: str, trace_ids: Sequence[str], *, names: str = ""
) -> Mapping[tuple[str, str], list[Event]]:
    """Return the events of some traces whose names begin so, by trace and span, oldest first; "" is no span."""
    if not trace_ids or not warehouse.has_rows(TABLE, project):
        return {}
    rows = warehouse.query(
        f"{_READ} WHERE project = {{project:String}} AND trace_id IN {{traces:Array(String)}} "
        "AND startsWith(name, {names:String}) ORDER BY time_ns, digest",
        {"project": project, "traces": list(trace_ids), "names": names},
    )
    found: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for row in rows:
        found[str(row["trace_id"]), str(row["span_id"])].append(
            Event(
                time=instant(integer(row["time_ns"])),
                name=str(row["name"]),
                attributes=decode_attributes(_texts(row["attributes"])),
                body=decode_value(str(row["body"])),
            )
        )
    return found


class EventPage(BaseModel):
    """One page of events; ``next`` is the cursor of the page after, or null at the end."""

    items: list[StoredEvent]
    next: str | None


class _Place(NamedTuple):
    """A place in the list, which goes from the newest down."""

    time_ns: int
    trace_id: str
    span_id: str
    digest: int


_ABOVE_ALL: Final = _Place(LATEST_NS, "g", "", 0)
"""No id is beyond it, for ids are hexadecimal."""


def list_events(
    warehouse: Warehouse,
    project: str,
    *,
    name: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> EventPage:
    """Return the newest events in [since, until), of whatever span or none. Raises InputError for a bad cursor."""
    place = _read_cursor(cursor)
    rows = warehouse.query(
        _PAGE.format(named="AND name = {name:String}" if name is not None else ""),
        {
            "project": project,
            "name": name or "",
            "since": nanoseconds_of(since) if since else -LATEST_NS,
            "latest": min(nanoseconds_of(until) - 1 if until else LATEST_NS, place.time_ns),
            "place": place.time_ns,
            "of_trace": place.trace_id,
            "of_span": place.span_id,
            "of_digest": place.digest,
            "rows": limit + 1,
        },
    )
    return EventPage(
        items=[_stored(row) for row in rows[:limit]],
        next=_write_cursor(rows[limit - 1]) if len(rows) > limit else None,
    )


_PAGE: Final = f"""
{_READ} WHERE project = {{{{project:String}}}} {{named}}
  AND time_ns >= {{{{since:Int64}}}} AND time_ns <= {{{{latest:Int64}}}}
  AND (time_ns, trace_id, span_id, digest)
    < ({{{{place:Int64}}}}, {{{{of_trace:String}}}}, {{{{of_span:String}}}}, {{{{of_digest:UInt64}}}})
ORDER BY time_ns DESC, trace_id DESC, span_id DESC, digest DESC LIMIT {{{{rows:UInt32}}}}
"""


def _write_cursor(row: Row) -> str:
    return f"{row['time_ns']}-{row['trace_id']}-{row['span_id']}-{row['digest']}"


def _read_cursor(cursor: str | None) -> _Place:
    if cursor is None:
        return _ABOVE_ALL
    match = re.fullmatch("(-?[0-9]{1,19})-([0-9a-f]*)-([0-9a-f]*)-([0-9]{1,20})", cursor)
    if match is None or abs(int(match[1])) > LATEST_NS or int(match[4]) >= 2**64:
        raise InputError(f"The cursor {cursor!r} is damaged; take the one that the page before gave, or none.")
    return _Place(int(match[1]), match[2], match[3], int(match[4]))


def _stored(row: Row) -> StoredEvent:
    return StoredEvent.model_validate(
        {
            **row,
            "time": instant(integer(row["time_ns"])),
            "body": decode_value(str(row["body"])),
            "attributes": decode_attributes(_texts(row["attributes"])),
            "resource": decode_attributes(_texts(row["resource"])),
        }
    )


def _texts(value: object) -> dict[str, str]:
    assert isinstance(value, dict)
    return value
