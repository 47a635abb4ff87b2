"""The tables of spans and scores, and the SQL with which the warehouse itself decodes OTLP.

A span goes in as the protobuf that it came as, through a Null table; a materialized view picks its columns.
Table and view are named by the digest of what they were generated from: a windlass with other conventions
makes its own pair beside them, and no insert ever meets a Null table without its view.
"""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from windlass.canonical import digest
from windlass.storage.warehouse import ProtobufSchema, Step, Warehouse
from windlass.telemetry import costs, scores
from windlass.telemetry.conventions import COLUMNS, Column
from windlass.telemetry.sampling import STEPS as SAMPLING_STEPS

_PROTOBUF: Final = """syntax = "proto3";
message AnyValue { oneof value {
  string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
  bytes array_value = 5; bytes kvlist_value = 6; bytes bytes_value = 7; } }
message KeyValue { string key = 1; AnyValue value = 2; }
message Status { string message = 2; int32 code = 3; }
message Row {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
  int32 kind = 6; fixed64 start = 7; fixed64 end = 8; repeated KeyValue attributes = 9;
  repeated bytes events = 11; repeated bytes links = 13; Status status = 15;
  string project = 1001; fixed64 received = 1002; map<string, string> resource = 1003;
  string scope = 1004; string scope_version = 1005; map<string, string> scope_attributes = 1006;
"""
"""An OTLP span as the engine reads it, and what is said once for many spans beside it, in fields of our own.

Values that nest stay bytes, for the engine's types cannot recurse; so do events and links, which are seldom
asked for. Both are decoded when a span is read.
"""

_INBOX: Final = """
CREATE TABLE IF NOT EXISTS {table} (
  trace_id String, span_id String, trace_state String, parent_span_id String, name String, kind Int32,
  start UInt64, end UInt64,
  attributes Array(Tuple(key String, value Tuple(string_value String, bool_value Bool, int_value Int64,
    double_value Float64, array_value String, kvlist_value String, bytes_value String,
    value Enum8('' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4,
      'array_value' = 5, 'kvlist_value' = 6, 'bytes_value' = 7)))),
  events Array(String), links Array(String), status Tuple(message String, code Int32),
  project String, received UInt64, resource Map(String, String),
  scope String, scope_version String, scope_attributes Map(String, String), {resource_columns}
) ENGINE = Null
"""

_MAP: Final = "Map(LowCardinality(String), String)"
_COLUMN_TYPES: Final = {
    "name": "LowCardinality(String)",
    "text": "String",
    "integer": "Nullable(Int64)",
    "number": "Nullable(Float64)",
}
_NO_RANK: Final = 65535

RESOURCE_COLUMNS: Final = tuple(column for column in COLUMNS if column.resource)
RESOURCE_FIELD: Final = 1101
"""Number of the protobuf field with the first of RESOURCE_COLUMNS; the others follow."""


class Inbox(NamedTuple):
    """Where spans are inserted, and as what."""

    table: str
    schema: ProtobufSchema


def prepare(warehouse: Warehouse) -> Inbox:
    """Bring the warehouse to this version's schema and return where requests go; cheap when it is there."""
    warehouse.apply_steps(STEPS, schema="telemetry")
    warehouse.apply_steps(scores.STEPS, schema="scores")
    warehouse.apply_steps(costs.STEPS, schema="prices")
    warehouse.apply_steps(SAMPLING_STEPS, schema="sampling")
    inbox = inbox_of_this_version()
    for statement in _inbox_statements(inbox.table):
        warehouse.execute(statement)
    return inbox


@cache
def inbox_of_this_version() -> Inbox:
    """Return the inbox whose view this version generates."""
    name = "inbox_" + digest(_inbox_statements("inbox")).removeprefix("sha256:")[:12]
    return Inbox(name, ProtobufSchema(_protobuf_schema(), "Row"))


def list_inboxes(warehouse: Warehouse) -> set[str]:
    """Return the tables of this and other versions that take rows."""
    rows = warehouse.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND match(name, '^inbox_[0-9a-f]{12}$')"
    )
    return {str(row["name"]) for row in rows}


def drop_inboxes(warehouse: Warehouse, tables: Iterable[str]) -> None:
    for table in tables:
        # The view goes first: no insert may meet a table without it.
        warehouse.execute(f"DROP TABLE IF EXISTS {table}_view SYNC")
        warehouse.execute(f"DROP TABLE IF EXISTS {table} SYNC")


def _inbox_statements(table: str) -> list[str]:
    resource_columns = ", ".join(f"resource_{column.name} String" for column in RESOURCE_COLUMNS)
    return [
        _INBOX.format(table=table, resource_columns=resource_columns),
        f"CREATE MATERIALIZED VIEW IF NOT EXISTS {table}_view TO spans AS {_select_spans(table)}",
    ]


def _protobuf_schema() -> str:
    numbered = enumerate(RESOURCE_COLUMNS, RESOURCE_FIELD)
    fields = " ".join(f"string resource_{column.name} = {number};" for number, column in numbered)
    return " ".join(f"{_PROTOBUF} {fields} }}".split())


def _select_spans(table: str) -> str:
    """Return the SELECT that turns rows of the inbox into rows of ``spans``.

    Each stage is small on purpose: analysing this text is most of what an insert of few spans costs.
    """
    plain = (
        "trace_id, span_id, parent_span_id, trace_state, name, kind, start, end, status, events, links, "
        "project, received, resource, scope, scope_version, scope_attributes, "
        + ", ".join(f"resource_{column.name}" for column in RESOURCE_COLUMNS)
    )
    typed = (
        f"SELECT {plain}, attributes.key AS found, arrayMap(a -> {_rank('a')}, attributes) AS found_ranks, "
        f"arrayMap(a -> {_typed_text('a.value')}, attributes) AS found_texts FROM {table}"
    )
    ranked = (
        f"SELECT {plain}, arraySort((name, rank) -> rank, found, found_ranks) AS names, "
        "arraySort((text, rank) -> rank, found_texts, found_ranks) AS texts, arraySort(found_ranks) AS ranks, "
        f"arrayMap(rank -> arrayElement({_column_by_rank()}, rank), ranks) AS columns FROM ({typed})"
    )
    picked = (
        f"SELECT {plain}, names, texts, columns, arrayMap((rank, nth) -> nth > 1 OR "
        f"arrayElement({_moved_by_rank()}, rank) = 0, ranks, arrayEnumerateUniq(columns)) AS rest FROM ({ranked})"
    )
    canonical = ", ".join(f"{_canonical(column)} AS {column.name}" for column in COLUMNS)
    return (
        "SELECT project, toFixedString(trace_id, 16) AS trace_id, toFixedString(span_id, 8) AS span_id, "
        "toFixedString(parent_span_id, 8) AS parent_span_id, trace_state, name, "
        "if(kind BETWEEN 0 AND 5, kind, 0) AS kind, "
        "fromUnixTimestamp64Nano(toInt64(start), 'UTC') AS start_time, "
        "if(end = 0, 0, toInt64(end) - toInt64(start)) AS duration, "
        "if(status.code BETWEEN 0 AND 2, status.code, 0) AS status, status.message AS status_message, "
        "fromUnixTimestamp64Nano(toInt64(received), 'UTC') AS received, resource, scope, scope_version, "
        f"scope_attributes, events, links, {canonical}, "
        "CAST((arrayFilter((name, kept) -> kept, names, rest), arrayFilter((text, kept) -> kept, texts, rest)), "
        f"'{_MAP}') AS attributes FROM ({picked})"
    )


def _canonical(column: Column) -> str:
    """Return the value of a canonical column; a typed text begins with the letter of its type."""
    text = f"texts[indexOf(columns, {COLUMNS.index(column) + 1})]"
    if column.type == "integer":
        return f"toInt64OrNull(substring({text}, 2))"
    if column.type == "number":
        return f"toFloat64OrNull(substring({text}, 2))"
    if not column.sources:
        return f"resource_{column.name}"
    value = f"substring({text}, 2)"
    if column.values:
        older, current = _list(map(_quoted, column.values)), _list(map(_quoted, column.values.values()))
        value = f"transform({value}, {older}, {current}, {value})"
    return f"if({value} = '', resource_{column.name}, {value})" if column.resource else value


def _typed_text(value: str) -> str:
    """Return an attribute's value as text that begins with the letter of its type (see values.py)."""
    kind = f"{value}.value"
    return (
        f"multiIf({kind} = 'string_value', concat('s', {value}.string_value), "
        f"{kind} = 'int_value', concat('i', toString({value}.int_value)), "
        f"{kind} = 'double_value', concat('d', toString({value}.double_value)), "
        f"{kind} = 'bool_value', if({value}.bool_value, 'b1', 'b0'), "
        f"{kind} = 'array_value', concat('a', base64Encode({value}.array_value)), "
        f"{kind} = 'kvlist_value', concat('k', base64Encode({value}.kvlist_value)), "
        f"{kind} = 'bytes_value', concat('x', base64Encode({value}.bytes_value)), 'n')"
    )


class _Source(NamedTuple):
    name: str
    column: Column
    number: int
    """Index of the column, from 1: 0 says that an attribute fills none."""


def _sources(columns: Iterable[Column]) -> tuple[_Source, ...]:
    return tuple(
        _Source(name, column, number) for number, column in enumerate(columns, 1) for name in column.sources
    )


_SOURCES: Final = _sources(COLUMNS)
"""Every source of every column, best first within a column: an index in this table, from 1, is a rank."""


def _rank(attribute: str) -> str:
    """Return the rank of an attribute, or _NO_RANK when its name or the type of its value fills no column."""
    kind = f"{attribute}.value.value"
    return (
        f"multiIf({kind} = 'string_value', {_ranks_of(attribute, 'name', 'text')}, "
        f"{kind} = 'int_value', {_ranks_of(attribute, 'integer', 'number')}, "
        f"{kind} = 'double_value' AND isFinite({attribute}.value.double_value), {_ranks_of(attribute, 'number')}, "
        f"{_NO_RANK})"
    )


def _ranks_of(attribute: str, *types: str) -> str:
    ranks = {source.name: rank for rank, source in enumerate(_SOURCES, 1) if source.column.type in types}
    return (
        f"transform({attribute}.key, {_list(map(_quoted, ranks))}, {_list(map(str, ranks.values()))}, {_NO_RANK})"
    )


def _column_by_rank() -> str:
    return _list(str(source.number) for source in _SOURCES)


def _moved_by_rank() -> str:
    return _list(str(int(source.name not in source.column.kept)) for source in _SOURCES)


def _list(items: Iterable[str]) -> str:
    return "[" + ", ".join(items) + "]"


def _quoted(text: str) -> str:
    """Quote one of the names of conventions.py; values of users never go into SQL text."""
    assert "'" not in text
    assert "\\" not in text
    return f"'{text}'"


DURABLE: Final = "fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1"
"""Killing the process loses no committed part without these; a power failure would."""

_SPANS: Final = f"""
CREATE TABLE IF NOT EXISTS spans (
  project LowCardinality(String), trace_id FixedString(16), span_id FixedString(8), parent_span_id FixedString(8),
  trace_state String, name LowCardinality(String), kind UInt8, start_time DateTime64(9, 'UTC') CODEC(Delta, LZ4),
  duration Int64, status UInt8, status_message String,
  {", ".join(f"{column.name} {_COLUMN_TYPES[column.type]}" for column in COLUMNS)},
  scope LowCardinality(String), scope_version LowCardinality(String), scope_attributes Map(String, String),
  attributes {_MAP}, resource {_MAP}, events Array(String), links Array(String),
  received DateTime64(9, 'UTC') CODEC(Delta, LZ4)
) ENGINE = ReplacingMergeTree(received) ORDER BY (project, start_time, trace_id, span_id)
SETTINGS min_bytes_for_wide_part = 134217728, index_granularity_bytes = 1048576, {DURABLE}
"""

_TRACES: Final = f"""
CREATE TABLE IF NOT EXISTS traces (
  project LowCardinality(String), trace_id FixedString(16),
  first SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
  last SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
  rooted SimpleAggregateFunction(max, Bool)
) ENGINE = AggregatingMergeTree ORDER BY (project, trace_id)
SETTINGS index_granularity = 1024, {DURABLE}
"""
"""Where in ``spans`` a trace is to be found: when its first and last spans started; and whether its root came."""

_TRACES_VIEW: Final = """
CREATE MATERIALIZED VIEW IF NOT EXISTS traces_view TO traces AS
SELECT project, trace_id, min(start_time) AS first, max(start_time) AS last,
  max(parent_span_id = toFixedString('', 8)) AS rooted
FROM spans GROUP BY project, trace_id
"""

_SCORES: Final = f"""
CREATE TABLE IF NOT EXISTS scores (
  project LowCardinality(String), trace_id String, span_id String, name LowCardinality(String),
  value Nullable(Float64), label String, explanation String, source LowCardinality(String),
  run String, item String,
  release LowCardinality(String), evaluator LowCardinality(String), author String,
  time DateTime64(6, 'UTC'), received DateTime64(9, 'UTC'), INDEX by_run run TYPE bloom_filter GRANULARITY 1
) ENGINE = ReplacingMergeTree(received)
ORDER BY (project, trace_id, span_id, name, evaluator, run, if(source = 'human', author, ''))
SETTINGS index_granularity = 1024, {DURABLE}
"""
"""People score beside each other, evaluators replace their own score: the author counts only for people."""

_MERGES: Final = """
ALTER TABLE spans MODIFY SETTING
  default_compression_codec = 'LZ4', max_bytes_to_merge_at_max_space_in_pool = 150000000
"""
"""Writing a span's texts again is dear: once or twice is enough, and not with the engine's ZSTD(3)."""

_WORDS: Final = tuple(
    f"ADD INDEX IF NOT EXISTS {column}_words {column} "
    f"TYPE text(tokenizer = 'asciiCJK', preprocessor = lowerUTF8({column}))"
    for column in ("name", "input", "output")
)
_RARE: Final = tuple(
    f"ADD INDEX IF NOT EXISTS by_{column} {column} TYPE bloom_filter GRANULARITY 1"
    for column in ("conversation", "user", "run")
)
_INDEXES: Final = "ALTER TABLE spans " + ", ".join((*_WORDS, *_RARE))
"""Words in any case and single characters of Korean, Japanese and Chinese; names that few spans share."""

STEPS: Final = (
    Step(1, "spans, traces and scores", (_SPANS, _TRACES, _TRACES_VIEW, _SCORES)),
    Step(2, "fewer and cheaper merges of spans", (_MERGES,)),
    Step(3, "words of spans, and rare names", (_INDEXES,)),
)
