"""The tables of spans and scores, and the SQL with which the warehouse itself decodes OTLP.

A span goes in as the protobuf that it came as, through a Null table; a materialized view picks its columns.
Table and view are named by the digest of what they were generated from: a windlass with other conventions
makes its own pair beside them, and no insert ever meets a Null table without its view.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from windlass.canonical import digest
from windlass.storage.warehouse import ProtobufSchema, Step, Warehouse
from windlass.telemetry.conventions import COLUMNS
from windlass.telemetry.view import select_spans

_PROTOBUF: Final = """syntax = "proto3";
message AnyValue { oneof value {
  string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
  bytes array_value = 5; bytes kvlist_value = 6; bytes bytes_value = 7; } }
message KeyValue { string key = 1; AnyValue value = 2; }
message Status { repeated string messages = 2; int32 code = 3; }
message Row {
  repeated bytes trace_ids = 1; repeated bytes span_ids = 2; repeated string trace_states = 3;
  repeated bytes parent_span_ids = 4; repeated string span_names = 5; int32 kind = 6;
  fixed64 start = 7; fixed64 end = 8; repeated KeyValue attributes = 9;
  repeated bytes events = 11; repeated bytes links = 13; Status status = 15;
  string project = 1001; fixed64 received = 1002; map<string, string> resource = 1003;
  string scope = 1004; string scope_version = 1005; map<string, string> scope_attributes = 1006;
"""
"""An OTLP span as the engine reads it, and what is said once for many spans beside it, in fields of our own.

Values that nest stay bytes, for the engine's types cannot recurse; so do events and links, which are seldom
asked for. Both are decoded when a span is read. Of a text that a message has twice, protobuf lets the last count,
and the engine has none: so those of a span itself are read as repeated, and the view refuses a second one.
"""

_INBOX: Final = """
CREATE TABLE IF NOT EXISTS {table} (
  trace_ids Array(String), span_ids Array(String), trace_states Array(String), parent_span_ids Array(String),
  span_names Array(String), kind Int32, start UInt64, end UInt64,
  attributes Array(Tuple(key String, value Tuple(string_value String, bool_value Bool, int_value Int64,
    double_value Float64, array_value String, kvlist_value String, bytes_value String,
    value Enum8('' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4,
      'array_value' = 5, 'kvlist_value' = 6, 'bytes_value' = 7)))),
  events Array(String), links Array(String), status Tuple(messages Array(String), code Int32),
  project String, received UInt64, resource Map(String, String),
  scope String, scope_version String, scope_attributes Map(String, String), {resource_columns}
) ENGINE = Null
"""

_INBOX_NAME: Final = re.compile("inbox_[0-9a-f]{12}")

_MAP: Final = "Map(LowCardinality(String), String)"
_COLUMN_TYPES: Final = {
    "name": "LowCardinality(String)",
    "text": "String",
    "integer": "Nullable(Int64)",
    "number": "Nullable(Float64)",
    "names": "LowCardinality(String)",
}
RESOURCE_COLUMNS: Final = tuple(column for column in COLUMNS if column.resource)
RESOURCE_FIELD: Final = 1101
"""Number of the protobuf field with the first of RESOURCE_COLUMNS; the others follow."""


class Inbox(NamedTuple):
    """Where spans are inserted, and as what."""

    table: str
    schema: ProtobufSchema


def make_inbox(warehouse: Warehouse) -> Inbox:
    """Make the inbox of this version, unless it is there, and return it."""
    inbox = inbox_of_this_version()
    # The engine looks through the whole statement of a view, and only then whether there is one.
    view = {"view": f"{inbox.table}_view"}
    if not warehouse.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND name = {view:String}", view
    ):
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
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'inbox_')"
    )
    return {name for row in rows if _INBOX_NAME.fullmatch(name := str(row["name"]))}


def drop_inboxes(warehouse: Warehouse, tables: Iterable[str]) -> None:
    for table in tables:
        # The view goes first: no insert may meet a table without it.
        warehouse.execute(f"DROP TABLE IF EXISTS {table}_view SYNC")
        warehouse.execute(f"DROP TABLE IF EXISTS {table} SYNC")


def _inbox_statements(table: str) -> list[str]:
    resource_columns = ", ".join(f"resource_{column.name} String" for column in RESOURCE_COLUMNS)
    return [
        _INBOX.format(table=table, resource_columns=resource_columns),
        f"CREATE MATERIALIZED VIEW IF NOT EXISTS {table}_view TO spans AS {select_spans(table)}",
    ]


def _protobuf_schema() -> str:
    numbered = enumerate(RESOURCE_COLUMNS, RESOURCE_FIELD)
    fields = " ".join(f"string resource_{column.name} = {number};" for number, column in numbered)
    return " ".join(f"{_PROTOBUF} {fields} }}".split())


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

MESSAGES: Final = {"events": "bytes", "links": "bytes"}
"""Columns of encoded messages, which are no texts, with the formats that `Warehouse.query` takes."""

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

_WIDE: Final = "ALTER TABLE spans MODIFY SETTING min_bytes_for_wide_part = 33554432"
"""What was merged has a file for each column. In one of all, a column is read in pieces of a few hundred rows, and
charts, which read few columns of all rows, take three times as long. New parts stay one file each.
"""

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

_POSTINGS: Final = "ALTER TABLE spans MODIFY SETTING text_index_posting_list_codec = 'bitpacking'"
"""Indexes of words by a third smaller, and a little less work to make: the dearest of what a merge does. The parts
that are there keep theirs until they are merged, and both are read."""

_CAREFUL: Final = """
ALTER TABLE spans MODIFY SETTING
  min_columns_to_activate_adaptive_write_buffer = 1,
  merge_max_block_size = 1024, merge_max_block_size_bytes = 2097152,
  number_of_free_entries_in_pool_to_lower_max_size_of_merge = 2
"""
"""A merge reads a megabyte or two of each part at once, and what it writes of a column waits in memory that grows
as it is needed: a third of the memory, and no more work. The last place for a merge is not for those of spans, but
for some of up to a megabyte: other tables have small parts, and soon many, and would wait for a place for ever."""

_NO_STATISTICS: Final = "ALTER TABLE spans MODIFY SETTING auto_statistics_types = ''"
"""Of each column the engine would count values with each insert and merge, and ask all parts before each read: the
order of the table says as much of where a span is, for nothing."""

_WIDE_MERGES: Final = """
ALTER TABLE spans MODIFY SETTING min_parts_to_merge_at_once = 10, merge_selector_base = 10
"""
"""Small parts wait until there are ten: merged by five, spans that come a few at a time are written anew twice."""

_SMALL_BLOCKS: Final = tuple(
    f"ALTER TABLE {table} MODIFY SETTING min_compress_block_size = 8192" for table in ("spans", "traces")
)
"""Traces of a list lie in many places, and at each the engine unpacks a block of each column: with its own 64 KiB,
those of numbers and names came to more than the texts. Parts are larger by less than a hundredth."""

ADDED: Final = (
    "tool_definitions",
    "input_audio_tokens",
    "output_audio_tokens",
    "finish_reasons",
    "time_to_first_token_s",
)
"""Columns that warehouses of before did not have."""

_MORE_COLUMNS: Final = tuple(
    f"ALTER TABLE spans ADD COLUMN IF NOT EXISTS {column.name} {_COLUMN_TYPES[column.type]}"
    for column in COLUMNS
    if column.name in ADDED
)

STEPS: Final = (
    Step(1, "spans, traces and scores", (_SPANS, _TRACES, _TRACES_VIEW, _SCORES)),
    Step(2, "fewer and cheaper merges of spans", (_MERGES,)),
    Step(3, "words of spans, and rare names", (_INDEXES,)),
    Step(4, "more of what conventions say", _MORE_COLUMNS),
    Step(5, "columns of merged spans by themselves", (_WIDE,)),
    Step(6, "smaller indexes of words", (_POSTINGS,)),
    Step(7, "merges of spans in less memory, and not before all others", (_CAREFUL,)),
    Step(8, "fewer merges of small parts of spans, and no statistics", (_NO_STATISTICS, _WIDE_MERGES)),
    Step(9, "smaller blocks of spans and traces", _SMALL_BLOCKS),
)
