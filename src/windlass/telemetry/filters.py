"""Which traces or spans are meant, as the engine is asked for them."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from windlass.telemetry.conditions import Condition, Scored
from windlass.telemetry.models import Status
from windlass.telemetry.summaries import NO_SPAN, STATUSES
from windlass.telemetry.text_search import text_condition

ANY_SPAN: Final = "true"
"""The condition of no filter."""


@dataclass(frozen=True, kw_only=True)
class TraceFilters:
    """Which traces to list: a trace is meant when any one of its spans has all that is asked for."""

    release: str | None = None
    """A release's digest or name."""
    environment: str | None = None
    run: str | None = None
    status: Literal["ok", "error"] | None = None
    """Of the trace: of its root span. What has no status did not fail, so it is ok here."""
    q: str | None = None
    """What a name, an input or an output says (see text_search.py), or a trace id."""
    where: tuple[Condition, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    """The trace started in [since, until]."""
    told: tuple[str, ...] = ()
    """Spans (trace and span id, one text) of which an event says ``q``: see event_texts.py."""


def conditions_of(filters: TraceFilters, *, new: bool = False) -> tuple[str, dict[str, object]]:
    """Return what a span must be to bring its trace into the list, whenever that is, and its parameters.

    For spans that are ``NEW`` it is one of less work.
    """
    conditions, parameters = _of_any_span(filters, "trace", new=new)
    if filters.status is not None:
        conditions.append(_DECIDES_STATUS)
        parameters["statuses"] = _codes(filters.status)
    return " AND ".join(conditions) or ANY_SPAN, parameters


def conditions_of_spans(filters: TraceFilters) -> tuple[str, dict[str, object]]:
    """Return what a span must be to be listed itself, whenever it started, and the parameters of that."""
    conditions, parameters = _of_any_span(filters, "span")
    if filters.status is not None:
        conditions.append("status IN {statuses:Array(UInt8)}")
        parameters["statuses"] = _codes(filters.status)
    return " AND ".join(conditions) or ANY_SPAN, parameters


def traces_meant(filters: TraceFilters) -> tuple[str, dict[str, object]]:
    """Return what a span must be to be of a trace that is meant, whenever that was, and the parameters of that."""
    if filters == TraceFilters(since=filters.since, until=filters.until):
        return ANY_SPAN, {}
    test, parameters = conditions_of(filters)
    meant = f"SELECT trace_id FROM spans WHERE project = {{project:String}} AND {test}"
    return f"trace_id IN ({meant})", parameters


def _of_any_span(
    filters: TraceFilters, scored: Scored, *, new: bool = False
) -> tuple[list[str], dict[str, object]]:
    conditions: list[str] = []
    parameters: dict[str, object] = {}
    if filters.release is not None:
        conditions.append("(release = {release:String} OR release_name = {release:String})")
        parameters["release"] = filters.release
    for column, value in (("environment", filters.environment), ("run", filters.run)):
        if value is not None:
            conditions.append(f"{column} = {{{column}:String}}")
            parameters[column] = value
    if filters.q and filters.q.strip():
        test, values = text_condition(filters.q, new=new)
        conditions.append(f"({test} OR {_TOLD})" if filters.told else test)
        parameters |= {**values, **({"told": list(filters.told)} if filters.told else {})}
    for number, condition in enumerate(filters.where):
        test, values = condition.sql(f"where{number}", scored)
        conditions.append(test)
        parameters |= values
    return conditions, parameters


def _codes(status: Literal["ok", "error"]) -> list[int]:
    return [STATUSES.index(each) for each in meant(status)]


def meant(status: Literal["ok", "error"] | None) -> tuple[Status, ...]:
    if status is None:
        return ("ok", "unset", "error")
    return ("ok", "unset") if status == "ok" else ("error",)


_TOLD: Final = """(trace_id, span_id) IN (
  SELECT toFixedString(unhex(substring(id, 1, 32)), 16), toFixedString(unhex(substring(id, 33)), 8)
  FROM (SELECT arrayJoin({told:Array(String)}) AS id))"""

_DECIDES_STATUS: Final = f"""
status IN {{statuses:Array(UInt8)}} AND (parent_span_id = {NO_SPAN} OR trace_id IN (
  SELECT trace_id FROM traces WHERE project = {{project:String}} AND trace_id IN (
    SELECT trace_id FROM traces WHERE project = {{project:String}} AND NOT rooted
  )
  GROUP BY trace_id HAVING NOT max(rooted)))
"""
"""A span with a status is the root, or its trace has none (yet).

A trace may be in several rows that are not merged yet. Only the few of which one row knows no root are grouped.
"""
