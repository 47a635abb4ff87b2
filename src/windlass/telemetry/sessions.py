"""Sessions (conversations) and users: lists, the most recently active first.

Spans lie in the order of their start, so the names on the newest of them are the most recently active; only those
of one page are looked at whole.
"""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import re
from collections.abc import Mapping
from functools import partial
from typing import Final, Literal, NamedTuple

from windlass.errors import InputError, NotFound
from windlass.storage.warehouse import Row, Warehouse
from windlass.telemetry.conventions import MODEL_CALLS
from windlass.telemetry.costs import Lists, Priced
from windlass.telemetry.filters import TraceFilters, traces_meant
from windlass.telemetry.lookups import look_up
from windlass.telemetry.models import Activity, ActivityPage
from windlass.telemetry.summaries import (
    LATEST_NS,
    Bounds,
    bounds_of,
    find_bounds,
    instant,
    integer,
    nanoseconds_of,
    select_bounds,
    where_within,
    within,
)
from windlass.telemetry.summarising import summarise
from windlass.telemetry.tariffs import COLUMNS_TO_PRICE, Tariff

_Column = Literal["conversation", "user"]

_FIRST_WINDOW_SPANS: Final = 32
"""Spans looked at for each name wanted, before more are."""
_WINDOW_GROWTH: Final = 8

_NEWEST: Final = """
SELECT name, toUnixTimestamp64Nano(max(start_time)) AS last_ns, count() AS spans
FROM (
  SELECT {column} AS name, start_time FROM spans
  WHERE project = {{project:String}} AND {column} != '' AND {meant}
    AND start_time >= fromUnixTimestamp64Nano({{lower:Int64}}, 'UTC')
    AND start_time <= fromUnixTimestamp64Nano({{top:Int64}}, 'UTC')
  ORDER BY start_time DESC LIMIT {{window:UInt64}}
)
GROUP BY name
"""

_SEEN_LATER: Final = """
SELECT DISTINCT {column} AS name FROM spans
WHERE project = {{project:String}} AND {column} IN {{names:Array(String)}} AND {meant}
  AND start_time > fromUnixTimestamp64Nano({{top:Int64}}, 'UTC')
  AND start_time <= fromUnixTimestamp64Nano({{until:Int64}}, 'UTC')
"""

_OF_USER: Final = """trace_id IN (
  SELECT trace_id FROM spans WHERE project = {project:String} AND user = {listed_user:String})"""

_MEANT: Final = """
project = {{project:String}} AND trace_id IN (
  SELECT trace_id FROM spans WHERE project = {{project:String}} AND {column} IN {{names:Array(String)}})
"""

_READ: Final = f"""
SELECT trace_id, status, conversation, user, release_name, environment, {", ".join(COLUMNS_TO_PRICE)},
  operation IN {MODEL_CALLS} AS is_call
"""
_OF_FEW: Final = f"{_READ} FROM spans WHERE {{where}} ORDER BY received DESC LIMIT 1 BY trace_id, span_id"
_OF_MANY: Final = f"""
{_READ} FROM spans FINAL WHERE {_MEANT}
  AND start_time >= (SELECT min(first) FROM traces WHERE {_MEANT})
  AND start_time <= (SELECT max(last) FROM traces WHERE {_MEANT})
"""

_BOUNDS: Final = f"{select_bounds(_MEANT)} LIMIT {{most}}"
_FEW: Final = 4000
"""Traces that are read each where it lies; of more the engine reads through all that is between them."""


def _of_calls(column: str) -> str:
    """Return the sum over calls of models; where none of them says, what the others state is a total of it."""
    return f"if(countIf(is_call AND {column} IS NOT NULL) > 0, sumIf({column}, is_call), max({column}))"


def _statement(column: _Column, spans: str, tariff: Tariff) -> str:
    return f"""
SELECT id, toUnixTimestamp64Nano(min(start)) AS first_ns, toUnixTimestamp64Nano(max(start)) AS last_ns,
  count() AS traces, countIf(errors > 0) AS failed, sum(inputs) AS input_tokens, sum(outputs) AS output_tokens,
  sum(costs) AS cost_usd, uniqExactIf(said_conversation, said_conversation != '') AS sessions,
  argMax(said_user, (said_user != '', start)) AS user,
  argMax(said_release, (said_release != '', start)) AS release_name,
  argMax(said_environment, (said_environment != '', start)) AS environment,
  lower(hex(argMin(trace_id, start))) AS trace, max(has_unmet) AS unmet
FROM (
  SELECT trace_id, max({column}) AS id, min(start_time) AS start, countIf(status = 2) AS errors,
    max(conversation) AS said_conversation, max(user) AS said_user, max(release_name) AS said_release,
    max(environment) AS said_environment, {_of_calls("input_tokens")} AS inputs,
    {_of_calls("output_tokens")} AS outputs, {_of_calls("cost")} AS costs, max(is_unmet) AS has_unmet
  FROM ({tariff.priced(spans)})
  GROUP BY trace_id
)
GROUP BY id
"""


class _Place(NamedTuple):
    """A place in the list, which goes from the most recently active down."""

    last_ns: int
    name: str


class _Asked(NamedTuple):
    """Which names are asked for: those in a column of a project's spans, of all traces or those that are meant."""

    warehouse: Warehouse
    project: str
    column: _Column
    filters: TraceFilters = TraceFilters()
    lists: Lists | None = None
    of_user: str = "true"
    """The condition on a span that its trace is a user's, and its parameters."""
    parameters: Mapping[str, object] = {}

    def query(self, statement: str, parameters: Mapping[str, object]) -> list[Row]:
        meant, of_filters = traces_meant(self.filters)
        # The filters' own names come last: none of them is a name of the lists'.
        return self.warehouse.query(
            statement.format(column=self.column, meant=f"{self.of_user} AND {meant}"),
            {**parameters, "project": self.project, **self.parameters, **of_filters},
        )


def list_sessions(
    warehouse: Warehouse,
    project: str,
    *,
    user: str | None = None,
    filters: TraceFilters | None = None,
    limit: int = 50,
    cursor: str | None = None,
    lists: Lists | None = None,
) -> ActivityPage:
    """Return the sessions with a trace that is meant, of a user or of anybody, active in the filters' time.

    Raises InputError for a damaged cursor.
    """
    asked = _Asked(warehouse, project, "conversation", _meant_by(warehouse, project, filters), lists)
    if user is not None:
        of_user, parameters = _traces_of_user(warehouse, project, user)
        asked = asked._replace(of_user=of_user, parameters=parameters)
    return _list(asked, limit, cursor)


def list_users(
    warehouse: Warehouse,
    project: str,
    *,
    filters: TraceFilters | None = None,
    limit: int = 50,
    cursor: str | None = None,
    lists: Lists | None = None,
) -> ActivityPage:
    """Return the users with a trace that is meant, active in the filters' time.

    Raises InputError for a damaged cursor.
    """
    asked = _Asked(warehouse, project, "user", filters=_meant_by(warehouse, project, filters), lists=lists)
    return _list(asked, limit, cursor)


def get_session(warehouse: Warehouse, project: str, conversation: str, *, lists: Lists | None = None) -> Activity:
    """Return what is said of one session. Raises NotFound."""
    found = _activities(_Asked(warehouse, project, "conversation", lists=lists), [conversation])
    if conversation not in found:
        raise NotFound(f"There is no session {conversation!r} in this project.")
    return found[conversation]


def get_user(warehouse: Warehouse, project: str, user: str, *, lists: Lists | None = None) -> Activity:
    """Return what is said of one user. Raises NotFound."""
    found = _activities(_Asked(warehouse, project, "user", lists=lists), [user])
    if user not in found:
        raise NotFound(f"There is no user {user!r} in this project.")
    return found[user]


def _traces_of_user(warehouse: Warehouse, project: str, user: str) -> tuple[str, dict[str, object]]:
    """Return the condition on a span that its trace is a user's, and its parameters."""
    bounds = _bounds_of(warehouse, project, "user", [user])
    if not bounds:
        return "false", {}
    if len(bounds) > _FEW:
        return _OF_USER, {"listed_user": user}
    return where_within(bounds), within(project, bounds)


def _bounds_of(warehouse: Warehouse, project: str, column: _Column, names: list[str]) -> list[Bounds]:
    """Return the bounds of the traces of which a span has one of some names; of many some, but more than few."""
    rows = warehouse.query(_BOUNDS.format(column=column, most=_FEW + 1), {"project": project, "names": names})
    return [bounds_of(row) for row in rows]


def _meant_by(warehouse: Warehouse, project: str, filters: TraceFilters | None) -> TraceFilters:
    return look_up(warehouse, project, filters)


def _list(asked: _Asked, limit: int, cursor: str | None) -> ActivityPage:
    since, until = asked.filters.since, asked.filters.until
    lower = nanoseconds_of(since) if since is not None else -LATEST_NS
    # Times of filters have microseconds, spans nanoseconds.
    top = min(nanoseconds_of(until) + 999, LATEST_NS) if until is not None else LATEST_NS
    place = _read_cursor(cursor)
    found = _newest(asked, lower, top, place, limit + 1)
    page = found[:limit]
    activities = _activities(asked, [name for _, name in page]) if page else {}
    return ActivityPage(
        items=[activities[name] for _, name in page if name in activities],
        next=f"{page[-1].last_ns}-{page[-1].name}" if len(found) > limit else None,
    )


def _newest(asked: _Asked, lower: int, top: int, place: _Place, count: int) -> list[_Place]:
    """Return the next places below one, as many as asked for if there are."""
    upper = min(top, place.last_ns)
    window = count * _FIRST_WINDOW_SPANS
    while True:
        rows = asked.query(_NEWEST, {"lower": lower, "top": upper, "window": window})
        names = [str(row["name"]) for row in rows]
        later = _seen_later(asked, names, upper, top) if upper < top else set()
        places = [_Place(integer(row["last_ns"]), str(row["name"])) for row in rows]
        below = sorted(
            (each for each in places if each < place and each.name not in later),
            reverse=True,
        )
        whole = sum(integer(row["spans"]) for row in rows) < window
        if len(below) >= count or whole:
            return below[:count]
        window *= _WINDOW_GROWTH


def _seen_later(asked: _Asked, names: list[str], upper: int, top: int) -> set[str]:
    """Return those that were on a page before, because they were active later."""
    rows = asked.query(_SEEN_LATER, {"names": names, "top": upper, "until": top})
    return {str(row["name"]) for row in rows}


def _activities(asked: _Asked, names: list[str]) -> dict[str, Activity]:
    warehouse, project = asked.warehouse, asked.project
    priced = Priced(warehouse, project, asked.lists)
    bounds = _bounds_of(warehouse, project, asked.column, names)
    if not bounds:
        return {}
    if len(bounds) > _FEW:
        of_many = partial(_statement, asked.column, _OF_MANY.format(column=asked.column))
        meant = _MEANT.format(column=asked.column)
        rows = priced.query(of_many, meant, {"project": project, "names": names})
        bounds = find_bounds(warehouse, project, [str(row["trace"]) for row in rows])
    else:
        where = where_within(bounds)
        of_few = partial(_statement, asked.column, _OF_FEW.format(where=where))
        rows = priced.query(of_few, where, within(project, bounds))
    firsts = {str(row["trace"]) for row in rows}
    summaries = summarise(warehouse, project, [each for each in bounds if each.trace_id in firsts], priced)
    inputs = {trace: summary.input for trace, summary in summaries.items()}
    return {str(row["id"]): _activity(row, inputs.get(str(row["trace"]), "")) for row in rows}


def _activity(row: Row, said: str) -> Activity:
    return Activity.model_validate(
        {
            **row,
            "first": instant(integer(row["first_ns"])),
            "last": instant(integer(row["last_ns"])),
            "input": said,
        }
    )


def _read_cursor(cursor: str | None) -> _Place:
    if cursor is None:
        return _Place(LATEST_NS, "\U0010ffff")
    match = re.fullmatch("(-?[0-9]{1,19})-(.*)", cursor, re.DOTALL)
    if match is None or abs(int(match[1])) > LATEST_NS:
        raise InputError(f"The cursor {cursor!r} is damaged; take the one that the page before gave, or none.")
    return _Place(int(match[1]), match[2])
