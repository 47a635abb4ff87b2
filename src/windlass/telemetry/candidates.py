"""Which traces a list shows next: found by the newest spans below a place that are what is asked for."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import re
import time
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from windlass.errors import InputError
from windlass.storage.warehouse import Parameters, Warehouse
from windlass.telemetry.filters import ANY_SPAN, TraceFilters, conditions_of
from windlass.telemetry.summaries import (
    LATEST_NS,
    Bounds,
    bounds_of,
    find_bounds,
    ids_to_bind,
    integer,
    nanoseconds_of,
    one_of,
    select_bounds,
)

_LAST_ID: Final = "f" * 32
_FIRST_WINDOW_TRACES: Final = 2
"""Rows of traces, or roots, looked at first for each trace wanted: one may be of a trace that began before."""
_FIRST_WINDOW_SPANS: Final = 8
"""Spans looked at first for each trace wanted."""
_WINDOW_GROWTH: Final = 8
_SPARE: Final = 16
"""Traces whose bounds are asked for first, beyond those wanted: some begin before what they were found by."""
_NEAR_NS: Final = (60 * 10**9, 3600 * 10**9)

_STARTED: Final = """
SELECT lower(hex(trace_id)) AS id, toUnixTimestamp64Nano(first) AS start_ns, 1 AS looked_at FROM traces
PREWHERE project = {project:String} AND first >= fromUnixTimestamp64Nano({floor:Int64}, 'UTC')
  AND first <= fromUnixTimestamp64Nano({upper:Int64}, 'UTC')
ORDER BY first DESC LIMIT {window:UInt64}
"""
"""The newest rows of traces."""

_STARTED_AFTER: Final = "start_time >= fromUnixTimestamp64Nano({floor:Int64}, 'UTC')"
_STARTED_BEFORE: Final = "start_time <= fromUnixTimestamp64Nano({upper:Int64}, 'UTC')"


def _may_reach(what: str) -> str:
    """Return the statement that finds traces which may have spans on both sides of a point in time.

    Those have a row that reaches over it, or one without a root, for the rest of the trace may be in another row
    that is not merged yet. To group all rows takes ten times as long as to look at them.
    """
    return f"""
    SELECT DISTINCT {what} FROM traces
    WHERE project = {{project:String}} AND (NOT rooted OR (
      first <= fromUnixTimestamp64Nano({{upper:Int64}}, 'UTC')
      AND last > fromUnixTimestamp64Nano({{upper:Int64}}, 'UTC')
    ))
    LIMIT {{most:UInt64}}
    """


_MAY_REACH: Final = _may_reach("lower(hex(trace_id)) AS id")
_REACHING: Final = f"""
{select_bounds(f"project = {{project:String}} AND trace_id IN ({_may_reach('trace_id')})")}
HAVING first_ns <= {{upper:Int64}} AND last_ns > {{upper:Int64}}
"""
_MOST_ASKED: Final = 500
"""Traces of which the bounds are asked for by name, which takes half as long as for those of a subquery."""


class Place(NamedTuple):
    """A place in the list, which goes from the newest down."""

    start_ns: int
    trace_id: str


def start_of(filters: TraceFilters, cursor: str | None) -> Place:
    """Return the place below which the list goes on."""
    place = _read_cursor(cursor) if cursor else Place(LATEST_NS, _LAST_ID)
    if filters.until is None:
        return place
    # Times of filters have microseconds, spans nanoseconds.
    until_ns = min(nanoseconds_of(filters.until) + 999, LATEST_NS)
    return min(place, Place(until_ns, _LAST_ID))


def find_candidates(
    warehouse: Warehouse, project: str, filters: TraceFilters, place: Place, count: int
) -> tuple[list[Bounds], bool]:
    """Return the next traces below a place, as many as asked for if there are, and whether more may follow."""
    since = nanoseconds_of(filters.since) if filters.since is not None else -LATEST_NS
    search = _search(warehouse, project, filters, place)
    # First not far down, for what is looked through grows with it; a search for words goes by an index.
    floors = [since] if filters.by_words else _floors(place, since)
    window = count * search.window
    while True:
        floor = floors[0]
        found = search.find(warehouse, floor, window)
        whole = found.looked_at < window
        # Of those that start with the last, some may have been cut off.
        lowest = floor if whole else found.lowest_ns + 1
        below = _newest_below(warehouse, project, found, lowest, place, count)
        done = lowest == since
        if len(below) >= count or done:
            return below[:count], len(below) > count or not done
        if whole:
            del floors[0]
        else:
            window *= _WINDOW_GROWTH


class _Found(NamedTuple):
    """Traces of the newest rows above a floor, of as many rows as the window is large, if there are."""

    starts: dict[str, int]
    """Of each trace the start by which it was found, the last one first; it may have begun before."""
    looked_at: int
    lowest_ns: int
    """Where the last of the rows starts: each trace that starts above it is among them."""


class _Search(NamedTuple):
    """A statement that finds the newest rows by which traces are; it takes ``floor`` and ``window`` as well."""

    statement: str
    parameters: Parameters
    window: int
    """How many rows to look at first, for each trace that is wanted."""
    of_few: str = ""
    """One that takes less where there are fewer rows than the window, and finds any where there are more."""

    def find(self, warehouse: Warehouse, floor: int, window: int) -> _Found:
        if self.of_few:
            found = self._find(warehouse, self.of_few, floor, window)
            if found.looked_at < window:
                return found
        return self._find(warehouse, self.statement, floor, window)

    def _find(self, warehouse: Warehouse, statement: str, floor: int, window: int) -> _Found:
        rows = warehouse.query(statement, {**self.parameters, "floor": floor, "window": window})
        starts = sorted((integer(row["start_ns"]), str(row["id"])) for row in rows)
        return _Found(
            starts={trace_id: start_ns for start_ns, trace_id in reversed(starts)},
            looked_at=sum(integer(row["looked_at"]) for row in rows),
            lowest_ns=starts[0][0] if starts else floor,
        )


def _search(warehouse: Warehouse, project: str, filters: TraceFilters, place: Place) -> _Search:
    tests, of_tests = conditions_of(filters)
    if tests == [ANY_SPAN]:
        # The newest spans would not do: where many traces take long, they are all of traces that began before.
        return _Search(_STARTED, {"project": project, "upper": place.start_ns}, _FIRST_WINDOW_TRACES)
    edges, of_edges = _edges(warehouse, project, filters, place)
    wheres = [" AND ".join(["project = {project:String}", *edges, test]) for test in tests]
    return _Search(
        _spans_that_meet(wheres, "ORDER BY start_time DESC"),
        {**of_tests, **of_edges, "project": project},
        # The status of a trace is said by one span of it.
        _FIRST_WINDOW_TRACES if filters.status else _FIRST_WINDOW_SPANS,
        # What an index of words finds need not be read in order, which each part would take part in.
        _spans_that_meet(wheres) if filters.by_words else "",
    )


def _spans_that_meet(wheres: Sequence[str], order: str = "") -> str:
    """Return the statement that finds spans which meet one of some conditions, as many as the window is large.

    Spans lie in the order of their start, so the newest ones are at hand; a trace that starts within a window
    of them has all its spans in it, and one that only reaches into it starts below and waits for its turn.
    """
    spans = " UNION ALL ".join(
        f"SELECT trace_id, start_time FROM spans WHERE {where} {order} LIMIT {{window:UInt64}}" for where in wheres
    )
    return f"""
    SELECT lower(hex(trace_id)) AS id, toUnixTimestamp64Nano(min(start_time)) AS start_ns, count() AS looked_at
    FROM (SELECT * FROM ({spans}) {order} LIMIT {{window:UInt64}})
    GROUP BY trace_id
    """


def _newest_below(
    warehouse: Warehouse, project: str, found: _Found, lowest: int, place: Place, count: int
) -> list[Bounds]:
    """Return the traces found that start below a place and no lower than some time, in the order of the list.

    Once there are more of them than wanted, the others may be left out.
    """
    traces = list(found.starts)
    few = count + _SPARE
    if len(traces) > few:
        # None of those after them starts later than what the first of these was found by.
        above = max(lowest, found.starts[traces[few]] + 1)
        below = _below(find_bounds(warehouse, project, traces[:few]), above, place)
        if len(below) > count:
            return below
    return _below(find_bounds(warehouse, project, traces), lowest, place)


def _below(bounds: Iterable[Bounds], lowest: int, place: Place) -> list[Bounds]:
    """Return the traces that start below a place, and no lower than some time, in the order of the list."""
    below = [
        bound for bound in bounds if bound.first_ns >= lowest and Place(bound.first_ns, bound.trace_id) < place
    ]
    return sorted(below, key=lambda bound: (bound.first_ns, bound.trace_id), reverse=True)


def _floors(place: Place, since: int) -> list[int]:
    """Return how far down to look for spans below a place: first not far, for every part takes a look."""
    below = min(place.start_ns, time.time_ns())
    return [*(floor for near in _NEAR_NS if (floor := below - near) > since), since]


def _edges(
    warehouse: Warehouse, project: str, filters: TraceFilters, place: Place
) -> tuple[list[str], dict[str, object]]:
    """Return the conditions that a span may be of a trace that starts at a place or below, and above the floor.

    What would bound nothing is left out, for the engine compares the start of all that it has with it.
    """
    after = [] if filters.by_words and filters.since is None else [_STARTED_AFTER]
    if place.start_ns == LATEST_NS:
        return after, {}
    parameters: dict[str, object] = {"upper": place.start_ns}
    # The span that is looked for may have started after the place, in a trace that reaches beyond it.
    reaching = _reaching_over(warehouse, project, place.start_ns)
    if not reaching:
        return [*after, _STARTED_BEFORE], parameters
    traces = [bounds.trace_id for bounds in reaching]
    parameters |= {"reach": max(bounds.last_ns for bounds in reaching), **ids_to_bind(traces)}
    reaches = f"start_time <= fromUnixTimestamp64Nano({{reach:Int64}}, 'UTC') AND {one_of(traces)}"
    return [*after, f"({_STARTED_BEFORE} OR ({reaches}))"], parameters


def _reaching_over(warehouse: Warehouse, project: str, time_ns: int) -> list[Bounds]:
    """Return the traces with spans on both sides of a point in time."""
    parameters = {"project": project, "upper": time_ns, "most": _MOST_ASKED + 1}
    rows = warehouse.query(_MAY_REACH, parameters)
    if len(rows) > _MOST_ASKED:
        every = warehouse.query(_REACHING, {**parameters, "most": 2**63})
        return [bounds_of(row) for row in every]
    found = find_bounds(warehouse, project, [str(row["id"]) for row in rows])
    return [bounds for bounds in found if bounds.first_ns <= time_ns < bounds.last_ns]


def write_cursor(bounds: Bounds) -> str:
    return f"{bounds.first_ns}-{bounds.trace_id}"


def _read_cursor(cursor: str) -> Place:
    match = re.fullmatch("(-?[0-9]{1,19})-([0-9a-f]{32})", cursor)
    if match is None or abs(int(match[1])) > LATEST_NS:
        raise InputError(f"The cursor {cursor!r} is damaged; take the one that the page before gave, or none.")
    return Place(int(match[1]), match[2])
