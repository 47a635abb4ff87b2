"""Lists of traces, and one trace."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final, TypeVar, get_args

from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan

from windlass.errors import NotFound
from windlass.storage.warehouse import Parameters, Row, Warehouse
from windlass.telemetry.candidates import Place, find_candidates, start_of, write_cursor
from windlass.telemetry.content import read_content, take_content
from windlass.telemetry.costs import Lists, Priced
from windlass.telemetry.event_texts import EventTexts, said_by_trace
from windlass.telemetry.filters import TraceFilters, meant
from windlass.telemetry.lookups import look_up
from windlass.telemetry.models import (
    Event,
    Kind,
    Link,
    ScoreSummary,
    Span,
    SpanOfTrace,
    Trace,
    TraceFields,
    TracePage,
    TraceSummary,
)
from windlass.telemetry.outlines import bounds_of_trace
from windlass.telemetry.previews import preview_input, preview_output
from windlass.telemetry.schema import MESSAGES
from windlass.telemetry.scores import Score, scores_of_traces
from windlass.telemetry.span_costs import SpanCost, price_spans
from windlass.telemetry.span_events import events_of_trace, events_of_traces
from windlass.telemetry.spans import SpanPlace, among, where_among
from windlass.telemetry.summaries import (
    LATEST_NS,
    STATUSES,
    Bounds,
    instant,
    integer,
    score_summaries,
    seconds,
    summarise_spans,
    where_within,
    within,
)
from windlass.telemetry.summarising import summarise
from windlass.telemetry.turns import said_in
from windlass.telemetry.values import decode_attributes, plain_attributes

KINDS: Final = get_args(Kind)
"""By OpenTelemetry's number."""

_NO_PARENT: Final = "00" * 8
"""Of a root span."""

_FORMATS: Final = {"start_time": "int", "received": "int", **MESSAGES}
"""Nanoseconds since 1970, of which a datetime has but the microseconds."""

_M = TypeVar("_M", bound=Message)


def list_traces(
    warehouse: Warehouse,
    project: str,
    *,
    filters: TraceFilters | None = None,
    limit: int = 50,
    cursor: str | None = None,
    lists: Lists | None = None,
    whole_texts: bool = False,
) -> TracePage:
    """Return the newest traces, by the start of their first span. Raises InputError for a damaged cursor.

    ``lists`` price models that were not met before. With whole texts, inputs and outputs are not cut to the first
    characters on one line.
    """
    filters = look_up(warehouse, project, filters)
    place = start_of(filters, cursor)
    priced = Priced(warehouse, project, lists)
    found: list[tuple[Bounds, TraceFields]] = []
    scores: dict[str, list[ScoreSummary]] = {}
    more = True
    while more and len(found) <= limit:
        candidates, more = find_candidates(warehouse, project, filters, place, limit + 1)
        judged = warehouse.begin(
            partial(scores_of_traces, warehouse, project, [each.trace_id for each in candidates])
        )
        summaries = summarise(warehouse, project, candidates, priced)
        scores |= score_summaries(judged.result())
        found += [
            (bounds, summary)
            for bounds in candidates
            if (summary := summaries.get(bounds.trace_id)) and summary.status in meant(filters.status)
        ]
        if candidates:
            place = Place(candidates[-1].first_ns, candidates[-1].trace_id)
    page = found[:limit]
    texts = _texts_of(warehouse, project, page, whole=whole_texts)
    return TracePage(
        items=[
            TraceSummary(
                **{**dict(summary), **texts.get(bounds.trace_id, {}), "scores": scores.get(bounds.trace_id, [])}
            )
            for bounds, summary in page
        ],
        next=write_cursor(page[-1][0]) if len(found) > limit else None,
    )


def _texts_of(
    warehouse: Warehouse, project: str, page: Sequence[tuple[Bounds, TraceFields]], *, whole: bool
) -> dict[str, dict[str, str]]:
    """Return the texts of traces that are not in their summaries: whole ones, and those that events say."""
    said = said_in(warehouse, project, [bounds for bounds, _ in page]) if whole else {}
    texts = {trace_id: each._asdict() for trace_id, each in said.items()}
    silent = [bounds.trace_id for bounds, summary in page if not (summary.input and summary.output)]
    summaries = {summary.trace_id: summary for _, summary in page}
    for trace_id, told in said_by_trace(warehouse, project, silent).items():
        known = texts.get(trace_id) or {name: getattr(summaries[trace_id], name) for name in EventTexts._fields}
        shown = told if whole else EventTexts(preview_input(told.input), preview_output(told.output))
        texts[trace_id] = {name: known[name] or text for name, text in shown._asdict().items()}
    return texts


def walk_traces(
    warehouse: Warehouse,
    project: str,
    *,
    filters: TraceFilters | None = None,
    page: int = 200,
    lists: Lists | None = None,
) -> Iterator[list[Bounds]]:
    """Give the traces that ``list_traces`` lists, to the last, in pages that say only where each is."""
    filters = look_up(warehouse, project, filters)
    place = start_of(filters, None)
    more = True
    while more:
        candidates, more = find_candidates(warehouse, project, filters, place, page)
        if not candidates:
            return
        place = Place(candidates[-1].first_ns, candidates[-1].trace_id)
        if filters.status is not None:
            summaries = summarise(warehouse, project, candidates, Priced(warehouse, project, lists))
            candidates = [
                bounds
                for bounds in candidates
                if (summary := summaries.get(bounds.trace_id)) and summary.status in meant(filters.status)
            ]
        if candidates:
            yield candidates


def get_trace(warehouse: Warehouse, project: str, trace_id: str, *, lists: Lists | None = None) -> Trace:
    """Return a trace with its spans and scores. Raises InputError for what is no trace id, NotFound."""
    priced = Priced(warehouse, project, lists)
    scores = warehouse.begin(partial(scores_of_traces, warehouse, project, [trace_id.lower()]))
    events = warehouse.begin(partial(events_of_trace, warehouse, project, trace_id.lower()))
    bounds = bounds_of_trace(warehouse, project, trace_id)
    spans = _spans_within(warehouse, project, bounds, priced)
    if not spans:
        raise NotFound(f"There is no trace {bounds.trace_id} in this project.")
    # The spans say what was said only once they have their events.
    left = _hand_out(events.result(), spans)
    return Trace(
        **dict(summarise_spans(bounds.trace_id, spans)),
        spans=spans,
        events=left,
        scores=scores.result(),
    )


def _hand_out(events: Mapping[str, list[Event]], spans: Sequence[Span]) -> list[Event]:
    """Give each span the events that came for it by themselves, and return those for which no span has come."""
    for span in spans:
        if of_span := events.get(span.span_id):
            span.events = sorted([*span.events, *of_span], key=_time_of)
            take_content(span, of_span)
    known = {span.span_id for span in spans}
    left = [event for span_id, of_span in events.items() if span_id not in known for event in of_span]
    return sorted(left, key=_time_of)


def _time_of(event: Event) -> datetime:
    return event.time


def get_span(
    warehouse: Warehouse, project: str, trace_id: str, span_id: str, *, lists: Lists | None = None
) -> Span:
    """Return one span of a trace with its contents. Raises InputError for what is no trace id, NotFound."""
    priced = Priced(warehouse, project, lists)
    bounds = bounds_of_trace(warehouse, project, trace_id)
    spans = _spans_within(warehouse, project, bounds, priced, span_id.lower())
    if not spans:
        raise NotFound(f"There is no span {span_id} in the trace {bounds.trace_id}.")
    _hand_out(events_of_trace(warehouse, project, bounds.trace_id), spans)
    return spans[0]


def read_spans(
    warehouse: Warehouse, project: str, places: Sequence[SpanPlace], *, lists: Lists | None = None
) -> list[SpanOfTrace]:
    """Return some spans with their contents and their own scores, in the order of the places."""
    priced = Priced(warehouse, project, lists)
    traces = sorted({place.trace_id for place in places})
    judged = warehouse.begin(partial(scores_of_traces, warehouse, project, traces))
    found = _read_spans(warehouse, priced, where_among(places), among(project, places))
    events = events_of_traces(warehouse, project, traces)
    scores: dict[tuple[str, str], list[Score]] = defaultdict(list)
    for score in judged.result():
        scores[score.trace_id, score.span_id].append(score)
    for key, span in found.items():
        if of_span := events.get(key):
            _hand_out({span.span_id: of_span}, [span])
    return [
        SpanOfTrace(**dict(found[key]), trace_id=place.trace_id, scores=scores[key])
        for place in places
        if (key := (place.trace_id, place.span_id)) in found
    ]


def _spans_within(
    warehouse: Warehouse, project: str, bounds: Bounds, priced: Priced, span_id: str = ""
) -> list[Span]:
    """Return the spans of a trace (or one) in the order of their start, each as it was last delivered."""
    parameters = {**within(project, [bounds]), "span": span_id}
    where = where_within([bounds]) + (" AND lower(hex(span_id)) = {span:String}" if span_id else "")
    return list(_read_spans(warehouse, priced, where, parameters).values())


def _read_spans(
    warehouse: Warehouse, priced: Priced, where: str, parameters: Parameters
) -> dict[tuple[str, str], Span]:
    """Return spans by trace and id, in the order of their start, each as it was last delivered."""
    # Half of what one trace takes is the analysis of this text: all columns as they are, by their one sign, and
    # conditions that the engine need not sort into those to read first.
    rows = warehouse.query(f"SELECT * FROM spans PREWHERE {where}", parameters, formats=_FORMATS)
    for row in rows:
        row["start_ns"] = row["start_time"]
    rows.sort(key=lambda row: integer(row["received"]))
    last = {(_hex(row["trace_id"]), _hex(row["span_id"])): row for row in rows}
    in_order = sorted(last.items(), key=lambda item: (integer(item[1]["start_ns"]), item[0][1]))
    costs = price_spans([row for _, row in in_order], priced)
    return {key: _span(key[1], row, cost) for (key, row), cost in zip(in_order, costs, strict=True)}


def _hex(value: object) -> str:
    assert isinstance(value, bytes)
    return value.hex()


def _span(span_id: str, row: Row, cost: SpanCost) -> Span:
    parent = _hex(row["parent_span_id"])
    return Span.model_validate(
        {
            **row,
            "cost_usd": cost.usd,
            "cost_basis": cost.basis,
            "span_id": span_id,
            "parent_span_id": None if parent == _NO_PARENT else parent,
            "kind": KINDS[integer(row["kind"])],
            "start_time": instant(integer(row["start_ns"])),
            "duration_s": seconds(integer(row["duration"])),
            "status": STATUSES[integer(row["status"])],
            **read_content(row),
            "attributes": decode_attributes(texts_of(row["attributes"])),
            "resource": decode_attributes(texts_of(row["resource"])),
            "events": [_event(event) for event in _decoded(OtlpSpan.Event, row["events"])],
            "links": [_link(link) for link in _decoded(OtlpSpan.Link, row["links"])],
        }
    )


def _decoded(kind: type[_M], encoded: object) -> Iterator[_M]:
    """Give messages that are kept as their bytes, without what a client's faulty encoder sent in their place."""
    assert isinstance(encoded, list)
    for message in encoded:
        with contextlib.suppress(DecodeError):
            yield kind.FromString(message)


def _event(event: OtlpSpan.Event) -> Event:
    return Event(
        time=instant(min(event.time_unix_nano, LATEST_NS)),
        name=event.name,
        attributes=plain_attributes(event.attributes),
    )


def _link(link: OtlpSpan.Link) -> Link:
    return Link(
        trace_id=link.trace_id.hex(), span_id=link.span_id.hex(), attributes=plain_attributes(link.attributes)
    )


def texts_of(value: object) -> dict[str, str]:
    assert isinstance(value, dict)
    return value
