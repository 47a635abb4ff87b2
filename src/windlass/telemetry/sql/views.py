"""What read-only SQL sees: ids as text, durations in seconds, a span that was delivered twice once.

Each project has a database of its own in the engine that holds these views and nothing else, each bound to the
project. A query runs with that database as the current one: no name without a database in it leads elsewhere.
"""

from functools import cache
from typing import Final, Literal, NamedTuple, get_args

from windlass.canonical import digest
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.conventions import COLUMNS, MODEL_CALLS
from windlass.telemetry.models import Kind
from windlass.telemetry.sql.pricing import priced
from windlass.telemetry.summaries import NAMES, NO_SPAN, STATUSES

ViewName = Literal["spans", "traces", "scores"]


class ViewColumn(NamedTuple):
    name: str
    type: str
    expression: str
    about: str = ""


class View(NamedTuple):
    name: ViewName
    about: str
    columns: tuple[ViewColumn, ...]
    """Each says `s.` before the name of a column of the table, which is not the view's column of that name."""
    rest: str
    """What follows the FROM; `{table}` is the name of the table below it, `{project}` the project as a literal."""


_TEXT: Final = "String"
_NAME: Final = "LowCardinality(String)"
_TIME: Final = "DateTime64(9, 'UTC')"
_MAP: Final = "Map(String, String)"
_TYPES: Final = {
    "name": _NAME,
    "names": _NAME,
    "text": _TEXT,
    "integer": "Nullable(Int64)",
    "number": "Nullable(Float64)",
}
_STATUS: Final = f"arrayElement({list(STATUSES)}, toUInt8({{code}}) + 1)"
_PLAIN: Final = (
    "CAST(mapApply((key, value) -> (toString(key), multiIf(value = 'b1', 'true', value = 'b0', 'false', "
    "substring(value, 2))), {column}), '" + _MAP + "')"
)
"""Attributes without the letter of their type; what nests stays the base64 of its OTLP message."""


def _hex(column: str) -> str:
    return f"lower(hex(s.{column}))"


def _canonical() -> tuple[ViewColumn, ...]:
    return tuple(
        ViewColumn(
            column.name,
            _TYPES[column.type],
            # What a span cost is what it says, else its tokens by their price.
            "s.cost" if column.name == "cost_usd" else f"s.{column.name}",
            f"`{(column.sources + column.resource)[0]}`, or an older name of it"
            + ("; else by the price of its tokens" if column.name == "cost_usd" else "")
            + ("; several with commas between them" if column.type == "names" else ""),
        )
        for column in COLUMNS
    )


_PRICED_SPANS: Final = "FROM ({}) AS s".format(
    priced("SELECT * FROM {table}.spans FINAL WHERE project = {project}")
    .replace("FROM prices", "FROM {table}.prices")
    .replace("{project:String}", "{project}")
)


_SPANS: Final = View(
    "spans",
    "One row for each span.",
    (
        ViewColumn("trace_id", _TEXT, _hex("trace_id"), "32 hexadecimal digits"),
        ViewColumn("span_id", _TEXT, _hex("span_id"), "16 hexadecimal digits"),
        ViewColumn(
            "parent_span_id",
            _TEXT,
            f"if(s.parent_span_id = {NO_SPAN}, '', {_hex('parent_span_id')})",
            "empty for the root of a trace",
        ),
        ViewColumn("name", _NAME, "s.name"),
        ViewColumn(
            "kind",
            _TEXT,
            f"arrayElement({list(get_args(Kind))}, toUInt8(s.kind) + 1)",
            ", ".join(f"`{kind}`" for kind in get_args(Kind)),
        ),
        ViewColumn("start_time", _TIME, "s.start_time"),
        ViewColumn("duration_s", "Float64", "greatest(s.duration, 0) / 1e9", "seconds"),
        ViewColumn("status", _TEXT, _STATUS.format(code="s.status"), "`unset`, `ok`, `error`"),
        ViewColumn("status_message", _TEXT, "s.status_message"),
        *_canonical(),
        ViewColumn("scope", _NAME, "s.scope", "name of the instrumentation"),
        ViewColumn("scope_version", _NAME, "s.scope_version"),
        ViewColumn(
            "attributes",
            _MAP,
            _PLAIN.format(column="s.attributes"),
            "what no other column holds, each value as text",
        ),
        ViewColumn("resource", _MAP, _PLAIN.format(column="s.resource"), "of the process that sent it"),
        ViewColumn("received", _TIME, "s.received"),
    ),
    _PRICED_SPANS,
)


_MAIN_FIRST: Final = f"(s.parent_span_id != {NO_SPAN}, s.start_time, s.span_id)"


def _main(column: str) -> str:
    """Return what the main span says: the root or, while it has not come, the first (see summarising.py)."""
    return f"argMin(s.{column}, {_MAIN_FIRST})"


def _of_main(column: str) -> str:
    """Return what the main span says or, where that says nothing, the greatest of any."""
    return f"if({_main(column)} != '', {_main(column)}, max(s.{column}))"


def _of_calls(column: str) -> str:
    call = f"s.operation IN {MODEL_CALLS}"
    return f"if(countIf({call} AND s.{column} IS NOT NULL) > 0, sumIf(s.{column}, {call}), max(s.{column}))"


_ROOTS: Final = f"countIf(s.parent_span_id = {NO_SPAN})"
_END: Final = "toUnixTimestamp64Nano(s.start_time) + greatest(s.duration, 0)"

_TRACES: Final = View(
    "traces",
    "One row for each trace, as the list of traces shows it.",
    (
        ViewColumn("trace_id", _TEXT, _hex("trace_id"), "32 hexadecimal digits"),
        ViewColumn("name", _TEXT, _main("name"), "of the root span or, while it has not come, of the first"),
        ViewColumn("start_time", _TIME, "min(s.start_time)"),
        ViewColumn(
            "duration_s",
            "Float64",
            f"if({_ROOTS} > 0, greatest({_main('duration')}, 0), "
            f"max({_END}) - toUnixTimestamp64Nano(min(s.start_time))) / 1e9",
            "seconds",
        ),
        ViewColumn(
            "status",
            _TEXT,
            f"if({_ROOTS} > 0, {_STATUS.format(code=_main('status'))}, "
            "multiIf(countIf(s.status = 2) > 0, 'error', countIf(s.status = 1) > 0, 'ok', 'unset'))",
            "`unset`, `ok`, `error`",
        ),
        ViewColumn("span_count", "UInt64", "count()"),
        ViewColumn("error_count", "UInt64", "countIf(s.status = 2)"),
        ViewColumn("operation", _TEXT, _main("operation")),
        ViewColumn("service", _TEXT, _main("service")),
        *(ViewColumn(name, _TEXT, _of_main(name)) for name in NAMES),
        ViewColumn("input_tokens", "Nullable(Int64)", _of_calls("input_tokens"), "of its calls of models"),
        ViewColumn("output_tokens", "Nullable(Int64)", _of_calls("output_tokens")),
        ViewColumn("cost_usd", "Nullable(Float64)", _of_calls("cost"), "null when unknown, which is not 0"),
    ),
    _PRICED_SPANS + " GROUP BY s.trace_id",
)

_SCORES: Final = View(
    "scores",
    "One row for each score.",
    (
        ViewColumn("id", _TEXT, "s.id"),
        ViewColumn("trace_id", _TEXT, "s.trace_id", "empty where a session is judged"),
        ViewColumn("span_id", _TEXT, "s.span_id", "empty where the whole trace is judged"),
        ViewColumn("conversation", _TEXT, "s.conversation"),
        ViewColumn("name", _NAME, "s.name"),
        ViewColumn("value", "Nullable(Float64)", "s.value"),
        ViewColumn("label", _TEXT, "s.label"),
        ViewColumn("explanation", _TEXT, "s.explanation"),
        ViewColumn("source", _NAME, "s.source", "`code`, `judge`, `human`"),
        ViewColumn("run", _TEXT, "s.run"),
        ViewColumn("item", _TEXT, "s.item"),
        ViewColumn("release", _NAME, "s.release", "its digest"),
        ViewColumn("evaluator", _NAME, "s.evaluator"),
        ViewColumn("author", _TEXT, "s.author", "who says it"),
        ViewColumn("sender", _TEXT, "s.sender", "whose key or session brought it"),
        ViewColumn("time", "DateTime64(6, 'UTC')", "s.time"),
    ),
    "FROM {table}.scores AS s FINAL WHERE s.project = {project} AND NOT s.deleted",
)

VIEWS: Final = (_SPANS, _TRACES, _SCORES)
SPAN_COLUMNS: Final = _SPANS.columns

_DATABASE: Final = "sql_"


def open_views(warehouse: Warehouse, project: str) -> tuple[str, str]:
    """Return the database of a project's views, which are made if need be, and the one of the tables below."""
    tables = str(warehouse.query("SELECT currentDatabase() AS name")[0]["name"])
    of_project = f"{_DATABASE}{_short(project, 16)}_"
    database = of_project + _short(_definitions(), 8)
    known = {
        str(row["name"])
        for row in warehouse.query(
            "SELECT name FROM system.databases WHERE startsWith(name, {prefix:String})", {"prefix": of_project}
        )
    }
    if database not in known:
        warehouse.execute(f"CREATE DATABASE IF NOT EXISTS {database}")
    # Each time, for a process may have been killed between two of them.
    for view in VIEWS:
        warehouse.execute(_create(view, database, tables, project))
    if warehouse.embedded:
        # The only process that could still use another version's views is this one.
        for outdated in known - {database}:
            warehouse.execute(f"DROP DATABASE IF EXISTS {outdated} SYNC")
    return database, tables


def quoted(text: str) -> str:
    """Write a text as a literal of SQL."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _create(view: View, database: str, tables: str, project: str) -> str:
    columns = ", ".join(f"{column.expression} AS `{column.name}`" for column in view.columns)
    rest = view.rest.replace("{table}", tables).replace("{project}", quoted(project))
    return f"CREATE VIEW IF NOT EXISTS {database}.{view.name} AS SELECT {columns} {rest}"


@cache
def _definitions() -> str:
    return "".join(_create(view, "", "", "") for view in VIEWS)


def _short(text: str, digits: int) -> str:
    return digest(text).removeprefix("sha256:")[:digits]
