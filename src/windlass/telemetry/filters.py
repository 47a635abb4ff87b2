"""Which traces or spans are meant, as the engine is asked for them."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from windlass.telemetry.conditions import Condition, Scored
from windlass.telemetry.models import Status
from windlass.telemetry.summaries import NO_SPAN, STATUSES
from windlass.telemetry.text_search import NEW, text_condition

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
    indexed: tuple[str, ...] = ()
    """Parts of the table to which the words of ``where`` refer: see lookups.py."""

    @property
    def by_words(self) -> bool:
        """Whether an index of words says where to look."""
        return bool(self.indexed or (self.q and self.q.strip()))


def conditions_of(filters: TraceFilters) -> tuple[list[str], dict[str, object]]:
    """Return conditions of which a span must meet one to bring its trace into the list, whenever that is.

    They are of spans that have an index of words, and of those that have none; the parameters are of both.
    """
    return _conditions(filters, "trace", _DECIDES_STATUS, apart=filters.by_words)


def conditions_of_spans(filters: TraceFilters) -> tuple[list[str], dict[str, object]]:
    """Return conditions of which a span must meet one to be listed itself, as ``conditions_of`` does.

    Whole words need not be asked for apart: that is less work where many spans are new, and more where few are.
    """
    return _conditions(filters, "span", _HAS_STATUS, apart=bool(filters.indexed))


def traces_meant(filters: TraceFilters) -> tuple[str, dict[str, object]]:
    """Return what a span must be to be of a trace that is meant, whenever that was, and the parameters of that."""
    if filters == TraceFilters(since=filters.since, until=filters.until):
        return ANY_SPAN, {}
    tests, parameters = _conditions(filters, "trace", _DECIDES_STATUS, apart=bool(filters.indexed))
    meant = (f"SELECT trace_id FROM spans WHERE project = {{project:String}} AND {test}" for test in tests)
    return f"trace_id IN ({' UNION ALL '.join(meant)})", parameters


def _conditions(
    filters: TraceFilters, scored: Scored, of_status: str, *, apart: bool
) -> tuple[list[str], dict[str, object]]:
    """Return one condition, or two: of the spans that have an index of words, and of the others."""
    conditions, parameters = _of_any_span(filters, scored)
    status = [of_status] if filters.status is not None else []
    if filters.status is not None:
        parameters["statuses"] = [STATUSES.index(each) for each in meant(filters.status)]
    test = " AND ".join([*conditions, *status]) or ANY_SPAN
    if not apart:
        return [test], parameters
    of_new, more = _of_any_span(filters, scored, new=True)
    new = "_part NOT IN {indexed:Array(String)}" if filters.indexed else NEW
    return (
        [f"NOT ({new}) AND {test}", f"{new} AND {' AND '.join([*of_new, *status])}"],
        {**parameters, **more, "indexed": list(filters.indexed)},
    )


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
        known = replace(condition, words=None) if new else condition
        test, values = known.sql(f"where{number}", scored)
        conditions.append(test)
        parameters |= values
    return conditions, parameters


def meant(status: Literal["ok", "error"] | None) -> tuple[Status, ...]:
    if status is None:
        return ("ok", "unset", "error")
    return ("ok", "unset") if status == "ok" else ("error",)


_TOLD: Final = """(trace_id, span_id) IN (
  SELECT toFixedString(unhex(substring(id, 1, 32)), 16), toFixedString(unhex(substring(id, 33)), 8)
  FROM (SELECT arrayJoin({told:Array(String)}) AS id))"""

_HAS_STATUS: Final = "status IN {statuses:Array(UInt8)}"

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
