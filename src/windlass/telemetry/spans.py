"""Spans by themselves, of whatever trace: a call of a tool, a search, a model that was asked."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

from windlass.errors import InputError
from windlass.storage.warehouse import Row, Warehouse
from windlass.telemetry.costs import Lists, Priced
from windlass.telemetry.event_texts import said_by_span
from windlass.telemetry.filters import TraceFilters, conditions_of_spans
from windlass.telemetry.lookups import look_up
from windlass.telemetry.models import ScoreSummary, SpanPage, SpanSummary
from windlass.telemetry.previews import preview_input, preview_output
from windlass.telemetry.scores import scores_of_traces
from windlass.telemetry.summaries import (
    LATEST_NS,
    NO_SPAN,
    SECOND_NS,
    STATUSES,
    edges,
    in_seconds,
    instant,
    integer,
    nanoseconds_of,
    seconds,
)
from windlass.telemetry.tariffs import COLUMNS_TO_PRICE, COST_BASIS, Tariff

_SPARE: Final = 8
"""Rows beyond those wanted: a span that was delivered twice is in two until the engine has merged them."""
_GROWTH: Final = 4


class SpanPlace(NamedTuple):
    """A place in the list, which goes from the newest down."""

    start_ns: int
    trace_id: str
    span_id: str


_ABOVE_ALL: Final = SpanPlace(LATEST_NS, "f" * 32, "f" * 16)

AMONG: Final = """
    project = {project:String}
    AND start_time >= fromUnixTimestamp64Nano({first:Int64}, 'UTC')
    AND start_time <= fromUnixTimestamp64Nano({last:Int64}, 'UTC')
    AND (trace_id, span_id) IN (
      SELECT toFixedString(unhex(substring(id, 1, 32)), 16), toFixedString(unhex(substring(id, 33)), 8)
      FROM (SELECT arrayJoin({places:Array(String)}) AS id))
"""


def where_among(places: Sequence[SpanPlace]) -> str:
    """Return AMONG for spans that may lie far from each other: what lies between them is not read."""
    return f"{AMONG} AND {in_seconds(place.start_ns // SECOND_NS for place in places)}"


def among(project: str, places: Sequence[SpanPlace]) -> dict[str, object]:
    """Return the parameters of AMONG and where_among."""
    return {
        "project": project,
        "first": min(place.start_ns for place in places),
        "last": max(place.start_ns for place in places),
        "places": [place.trace_id + place.span_id for place in places],
    }


def list_spans(
    warehouse: Warehouse,
    project: str,
    *,
    filters: TraceFilters | None = None,
    limit: int = 50,
    cursor: str | None = None,
    lists: Lists | None = None,
) -> SpanPage:
    """Return the newest spans that are all that is asked for. Raises InputError for a damaged cursor."""
    filters = look_up(warehouse, project, filters)
    places, more = _below(warehouse, project, filters, _read_cursor(cursor), limit)
    return SpanPage(
        items=_summaries(warehouse, project, places, lists) if places else [],
        next=_write_cursor(places[-1]) if more else None,
    )


def walk_spans(
    warehouse: Warehouse, project: str, *, filters: TraceFilters | None = None, page: int = 500
) -> Iterator[list[SpanPlace]]:
    """Give the spans that ``list_spans`` lists, to the last, in pages that say only where each is."""
    filters, place, more = look_up(warehouse, project, filters), _ABOVE_ALL, True
    while more:
        places, more = _below(warehouse, project, filters, place, page)
        if places:
            yield places
            place = places[-1]


def _below(
    warehouse: Warehouse, project: str, filters: TraceFilters, place: SpanPlace, count: int
) -> tuple[list[SpanPlace], bool]:
    """Return the next spans below a place, and whether there are more."""
    tests, parameters = conditions_of_spans(filters)
    # Times of filters have microseconds, spans nanoseconds.
    latest = nanoseconds_of(filters.until) + 999 if filters.until is not None else LATEST_NS
    parameters |= {
        "project": project,
        "lowest": nanoseconds_of(filters.since) if filters.since is not None else -LATEST_NS,
        "latest": min(latest, place.start_ns),
        "place": place.start_ns,
        "of_trace": place.trace_id,
        "of_span": place.span_id,
    }
    window = count + 1 + _SPARE
    while True:
        rows = warehouse.query(_places(tests), {**parameters, "window": window})
        found = list(
            dict.fromkeys(SpanPlace(integer(row["start_ns"]), str(row["trace"]), str(row["span"])) for row in rows)
        )
        if len(found) > count or len(rows) < window:
            return found[:count], len(found) > count
        window *= _GROWTH


def _places(tests: Sequence[str]) -> str:
    """Return the statement that gives the newest spans below a place which meet one of some tests."""
    order = "ORDER BY start_time DESC, trace_id DESC, span_id DESC LIMIT {window:UInt64}"
    sources = [f"spans WHERE {_BELOW} AND {test}" for test in tests]
    each = (f"SELECT start_time, trace_id, span_id FROM {source} {order}" for source in sources)
    # One of one would be analysed for nothing.
    source = f"({' UNION ALL '.join(each)})" if len(sources) > 1 else sources[0]
    return f"""
    SELECT toUnixTimestamp64Nano(start_time) AS start_ns,
      lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span
    FROM {source} {order}
    """


_BELOW: Final = """
    project = {project:String}
    AND start_time >= fromUnixTimestamp64Nano({lowest:Int64}, 'UTC')
    AND start_time <= fromUnixTimestamp64Nano({latest:Int64}, 'UTC')
    AND (start_time, trace_id, span_id) < (fromUnixTimestamp64Nano({place:Int64}, 'UTC'),
      toFixedString(unhex({of_trace:String}), 16), toFixedString(unhex({of_span:String}), 8))
"""

_COMPUTED: Final = {
    "trace_id",
    "span_id",
    "parent_span_id",
    "start_time",
    "duration_s",
    "status",
    "input",
    "output",
    "cost_usd",
    "cost_basis",
    "scores",
}
_STORED: Final = tuple(name for name in SpanSummary.model_fields if name not in _COMPUTED)
_READ: Final = ", ".join(
    dict.fromkeys(
        ("trace_id", "span_id", "parent_span_id", "start_time", "duration", "status", *_STORED, *COLUMNS_TO_PRICE)
    )
)


def _statement(where: str, tariff: Tariff) -> str:
    once = (
        f"SELECT {_READ}, {edges('input')} AS input_edges, {edges('output')} AS output_edges "
        f"FROM spans WHERE {where} ORDER BY received DESC LIMIT 1 BY trace_id, span_id"
    )
    return f"""
SELECT lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span,
  if(parent_span_id = {NO_SPAN}, NULL, lower(hex(parent_span_id))) AS parent,
  toUnixTimestamp64Nano(start_time) AS start_ns, duration, status AS code, {", ".join(_STORED)},
  cost, {COST_BASIS} AS basis, is_unmet AS unmet, input_edges, output_edges
FROM ({tariff.priced(once)})
"""


def _summaries(
    warehouse: Warehouse, project: str, places: Sequence[SpanPlace], lists: Lists | None
) -> list[SpanSummary]:
    priced = Priced(warehouse, project, lists)
    traces = sorted({place.trace_id for place in places})
    judged = warehouse.begin(partial(scores_of_traces, warehouse, project, traces))
    where = where_among(places)
    rows = priced.query(partial(_statement, where), where, among(project, places))
    found = {SpanPlace(integer(row["start_ns"]), str(row["trace"]), str(row["span"])): row for row in rows}
    scores: dict[tuple[str, str], list[ScoreSummary]] = defaultdict(list)
    for score in judged.result():
        summary = ScoreSummary(name=score.name, value=score.value, label=score.label)
        scores[score.trace_id, score.span_id].append(summary)
    # Of a span that came again with another start only the last delivery is a span.
    items = [_summary(found[place], scores[place.trace_id, place.span_id]) for place in places if place in found]
    _fill_from_events(warehouse, project, items)
    return items


def _fill_from_events(warehouse: Warehouse, project: str, items: Sequence[SpanSummary]) -> None:
    silent = sorted({item.trace_id for item in items if not (item.input and item.output)})
    said = said_by_span(warehouse, project, silent)
    for item in items:
        if texts := said.get((item.trace_id, item.span_id)):
            item.input = item.input or preview_input(texts.input)
            item.output = item.output or preview_output(texts.output)


def _summary(row: Row, scores: list[ScoreSummary]) -> SpanSummary:
    return SpanSummary.model_validate(
        {
            **row,
            "trace_id": row["trace"],
            "span_id": row["span"],
            "parent_span_id": row["parent"],
            "start_time": instant(integer(row["start_ns"])),
            "duration_s": seconds(integer(row["duration"])),
            "status": STATUSES[integer(row["code"])],
            "input": preview_input(str(row["input_edges"])),
            "output": preview_output(str(row["output_edges"])),
            "cost_usd": row["cost"],
            "cost_basis": row["basis"],
            "scores": scores,
        }
    )


def _write_cursor(place: SpanPlace) -> str:
    return f"{place.start_ns}-{place.trace_id}-{place.span_id}"


def _read_cursor(cursor: str | None) -> SpanPlace:
    if cursor is None:
        return _ABOVE_ALL
    match = re.fullmatch("(-?[0-9]{1,19})-([0-9a-f]{32})-([0-9a-f]{16})", cursor)
    if match is None or abs(int(match[1])) > LATEST_NS:
        raise InputError(f"The cursor {cursor!r} is damaged; take the one that the page before gave, or none.")
    return SpanPlace(int(match[1]), match[2], match[3])
