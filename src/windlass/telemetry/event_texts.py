"""What was said in events that came as log records, for lists: to be found by its words, and to be shown.

Such a text is on no span, for either may come first. Where nobody sends any, nothing is looked for.
"""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.event_messages import read_events
from windlass.telemetry.filters import TraceFilters
from windlass.telemetry.previews import said_input, said_output
from windlass.telemetry.span_events import TABLE, events_of_traces
from windlass.telemetry.text_search import event_condition, is_trace_id

MOST_FOUND: Final = 10_000
"""Spans that are found by the words of their events: those with the newest."""


class EventTexts(NamedTuple):
    """What was asked and answered; empty where no event says."""

    input: str
    output: str


def with_events(warehouse: Warehouse, project: str, filters: TraceFilters) -> TraceFilters:
    """Return filters that mean, too, spans of which an event says what is looked for."""
    if not filters.q or not filters.q.strip() or is_trace_id(filters.q) or not warehouse.has_rows(TABLE, project):
        return filters
    condition, parameters = event_condition(filters.q)
    rows = warehouse.query(
        f"SELECT concat(trace_id, span_id) AS id FROM {TABLE} WHERE project = {{project:String}} AND said != '' "
        f"AND span_id != '' AND {condition} GROUP BY id ORDER BY max(time_ns) DESC LIMIT {MOST_FOUND}",
        {**parameters, "project": project},
    )
    return replace(filters, told=tuple(str(row["id"]) for row in rows))


def said_by_span(
    warehouse: Warehouse, project: str, trace_ids: Sequence[str]
) -> dict[tuple[str, str], EventTexts]:
    """Return what the events of spans of some traces say, by trace and span, the first span first."""
    found = {}
    for key, events in events_of_traces(warehouse, project, trace_ids, names="gen_ai.").items():
        said = [
            (event.name, {**(event.body if isinstance(event.body, dict) else {}), **event.attributes})
            for event in events
        ]
        texts = read_events(said, is_tool=False)
        if texts.keys() & {"input", "output"}:
            found[key] = EventTexts(said_input(texts.get("input", "")), said_output(texts.get("output", "")))
    return found


def said_by_trace(warehouse: Warehouse, project: str, trace_ids: Sequence[str]) -> dict[str, EventTexts]:
    """Return what was asked first and answered last in each of some traces, by what their events say."""
    found: dict[str, EventTexts] = {}
    for (trace_id, _), said in said_by_span(warehouse, project, trace_ids).items():
        before = found.get(trace_id, EventTexts("", ""))
        found[trace_id] = EventTexts(before.input or said.input, said.output or before.output)
    return found
