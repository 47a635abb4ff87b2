"""The SELECT that makes rows of ``spans`` from rows of an inbox, generated from the table of conventions.

Every attribute becomes an entry: a number of the rank of its name, the column that it may fill, and its place. The
first entry of a column, when they are sorted, fills it. Sources that are no attribute are nothing for SQL:
derived.py adds attributes for them. Most of what an insert of few spans costs is the analysis of this text, and of
that each column that a stage hands on: there are as few stages as can be, and no list of names is there twice.
"""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from windlass.telemetry.conventions import BEYOND, COLUMNS, Column, is_derived

_MAP: Final = "Map(LowCardinality(String), String)"
_STRUCTURED, _TEXT, _INTEGER, _NUMBER = range(4)
"""What values a source may have, from the most kinds to the fewest that are text."""

_RANK_AT: Final = 9
_COLUMN_AT: Final = 2
_MOST_COLUMNS: Final = 2 ** (_RANK_AT - _COLUMN_AT) - 1
_MILLISECONDS, _LEAVES = 1, 0
"""Bits of the code that stands for a source: its rank, the number of its column, and whether it is either."""
_CODE_AT: Final = 32
_PLACES: Final = 2**_CODE_AT - 1
"""An entry is a code, or 0 for an attribute that fills no column, and below it the place of the attribute."""

_REFUSED: Final = (
    "throwIf(project = '' OR length(trace_ids[-1]) != 16 OR length(span_ids[-1]) != 8 OR "
    "length(parent_span_ids[-1]) NOT IN (0, 8) OR "
    "greatest(length(trace_ids), length(span_ids), length(trace_states), length(parent_span_ids), "
    "length(span_names), length(status.messages)) > 1, 'a text is there twice, or an id has another length')"
)
"""0, or an error for a text that a span has twice, or in a field of another wire type, which only parsers skip.

A span that the engine refuses is written again by one, and has each field once: see ``clean_row``.
"""


_PASSED: Final = (
    "trace_ids, span_ids, trace_states, parent_span_ids, span_names, kind, start, end, events, links, status, "
    "project, received, resource, scope, scope_version, scope_attributes, attributes"
)
"""What every stage hands on as it came, with the columns of the resource."""

_TEXTS: Final = (
    "arrayMap((kind, text, list, map) -> multiIf(kind = 'array_value', concat('\\x01a', base64Encode(list)), "
    "kind = 'kvlist_value', concat('\\x01k', base64Encode(map)), "
    "startsWith(text, '\\x01'), concat('\\x01t', text), text), attributes.value.value, "
    "attributes.value.string_value, attributes.value.array_value, attributes.value.kvlist_value)"
)
"""The values of attributes as columns of texts have them; what is structured is a text of that: see values.py."""

_TYPED_TEXTS: Final = (
    "arrayMap(value -> multiIf(value.value = 'string_value', "
    "concat(if(startsWith(value.string_value, '\\x01'), 't', 's'), value.string_value), "
    "value.value = 'int_value', concat('i', toString(value.int_value)), "
    "value.value = 'double_value', concat('d', toString(value.double_value)), "
    "value.value = 'bool_value', if(value.bool_value, 'b1', 'b0'), "
    "value.value = 'array_value', concat('a', base64Encode(value.array_value)), "
    "value.value = 'kvlist_value', concat('k', base64Encode(value.kvlist_value)), "
    "value.value = 'bytes_value', concat('x', base64Encode(value.bytes_value)), 'n'), rest.value)"
)
"""The values of what stays in the map, as text that begins with the letter of its type: see values.py."""


class _Source(NamedTuple):
    name: str
    number: int
    """Index of its column, from 1."""
    group: int
    leaves: bool
    """Whether the attribute leaves the map when it fills the column."""
    milliseconds: bool


def select_spans(table: str, columns: Sequence[Column] = COLUMNS) -> str:
    """Return the statement; its columns are those of ``spans``."""
    return _View(columns).select(table)


class _View:
    def __init__(self, columns: Sequence[Column]) -> None:
        assert len(columns) <= _MOST_COLUMNS
        self._columns = columns
        self._sources = _ranked(columns)
        """An index in this table, from 1, is a rank."""
        self._passed = ", ".join((_PASSED, *(f"resource_{column.name}" for column in columns if column.resource)))

    def select(self, table: str) -> str:
        canonical = ", ".join(
            f"{self._canonical(column, number)} AS {column.name}" for number, column in enumerate(self._columns, 1)
        )
        return (
            # What was not sent is empty.
            "SELECT project, toFixedString(trace_ids[-1], 16) AS trace_id, "
            "toFixedString(span_ids[-1], 8) AS span_id, toFixedString(parent_span_ids[-1], 8) AS parent_span_id, "
            "trace_states[-1] AS trace_state, span_names[-1] AS name, "
            f"if(kind BETWEEN 0 AND 5, kind, 0) + {_REFUSED} AS kind, "
            "fromUnixTimestamp64Nano(toInt64(start), 'UTC') AS start_time, "
            "if(end = 0, 0, toInt64(end) - toInt64(start)) AS duration, "
            "if(status.code BETWEEN 0 AND 2, status.code, 0) AS status, "
            "status.messages[-1] AS status_message, "
            "fromUnixTimestamp64Nano(toInt64(received), 'UTC') AS received, resource, scope, scope_version, "
            f"scope_attributes, events, links, {canonical}, "
            "CAST(((arrayFilter((attribute, place) -> NOT has(taken, place), attributes, "
            f"arrayEnumerate(attributes)) AS rest).key, {_TYPED_TEXTS}), '{_MAP}') AS attributes "
            f"FROM ({self._placed(table)})"
        )

    def _placed(self, table: str) -> str:
        """Return the statement that says which attribute is in which column, and which leave the map for one."""
        column = f"bitAnd(bitShiftRight(entry, {_CODE_AT + _COLUMN_AT}), {_MOST_COLUMNS})"
        columns = f"arrayMap(entry -> {column}, entries)"
        places = f"arrayMap(entry -> bitAnd(entry, {_PLACES}), "
        leaving = (
            f"arrayFilter((entry, nth) -> nth = 1 AND bitTest(entry, {_CODE_AT + _LEAVES}), "
            f"entries, arrayEnumerateUniq({columns}))"
        )
        return (
            f"SELECT {self._passed}, texts, integers, numbers, entries, {columns} AS columns, "
            f"{places}entries) AS places, {places}{leaving}) AS taken FROM ({self._found(table)})"
        )

    def _found(self, table: str) -> str:
        """Return the statement that says what the attributes of a span would be in which column."""
        return (
            f"SELECT {self._passed}, arraySort({self._entries()}) AS entries, {_TEXTS} AS texts, "
            # Of an array of these, what is beyond its end is NULL.
            "CAST(attributes.value.int_value, 'Array(Nullable(Int64))') AS integers, "
            # Only one of the two was sent, and the other is 0.
            "arrayMap((integer, number) -> toNullable(integer + number), "
            f"attributes.value.int_value, attributes.value.double_value) AS numbers FROM {table}"
        )

    def _entries(self) -> str:
        """Return the entries of a span's attributes: the code goes where the type of the value does not fit."""
        structured, texts, integers = (
            1 + sum(source.group <= group for source in self._sources) << _RANK_AT
            for group in (_STRUCTURED, _TEXT, _INTEGER)
        )
        return (
            "arrayMap((code, kind, whole, number, place) -> if(multiIf("
            f"kind = 'string_value', code < {texts}, "
            f"kind = 'int_value', code >= {texts} AND abs(whole) < {BEYOND}, "
            f"kind = 'double_value', code >= {integers} AND abs(number) < {BEYOND}, "
            f"kind = 'array_value' OR kind = 'kvlist_value', code < {structured}, 0), code * {_PLACES + 1}, 0) "
            f"+ place, {self._codes()}, attributes.value.value, attributes.value.int_value, "
            "attributes.value.double_value, arrayEnumerate(attributes))"
        )

    def _codes(self) -> str:
        """Return the codes of the names of a span's attributes; 0 for a name that is no source."""
        names = _list(_quoted(source.name) for source in self._sources)
        codes = _list(
            str(
                rank << _RANK_AT
                | source.number << _COLUMN_AT
                | source.milliseconds << _MILLISECONDS
                | source.leaves << _LEAVES
            )
            for rank, source in enumerate(self._sources, 1)
        )
        return f"arrayMap(name -> transform(name, {names}, {codes}, 0), attributes.key)"

    def _canonical(self, column: Column, number: int) -> str:
        """Return the value of a canonical column."""
        if not column.sources:
            return f"resource_{column.name}"
        # Of what is not there the place is 0, at which an array has its default.
        nth = f"indexOf(columns, {number})"
        if column.type == "integer":
            return f"integers[places[{nth}]]"
        if column.type == "number":
            value = f"numbers[places[{nth}]]"
            divisor = f"if(bitTest(entries[{nth}], {_CODE_AT + _MILLISECONDS}), 1000, 1)"
            return f"{value} / {divisor}" if column.milliseconds else value
        # What cannot be structured is a text as it came.
        value = f"{'texts' if column.structured else 'attributes.value.string_value'}[places[{nth}]]"
        if column.type == "names":
            return (
                f"if((arrayStringConcat(if(startsWith({value} AS {column.name}_text, '\\x01'), "
                # The texts of a protobuf ArrayValue: each has two tags and two lengths before it.
                f"extractAll(tryBase64Decode(substring({column.name}_text, 3)), '(?s)\\n.\\n.([a-zA-Z0-9_-]+)'), "
                f"extractAll({column.name}_text, '[a-zA-Z0-9_-]+')), ',') AS {column.name}_names) = '', "
                f"{column.name}_text, {column.name}_names)"
            )
        if column.values:
            older, current = _list(map(_quoted, column.values)), _list(map(_quoted, column.values.values()))
            value = f"transform({value} AS {column.name}_text, {older}, {current}, {column.name}_text)"
        return f"if({value} = '', resource_{column.name}, {value})" if column.resource else value


def _ranked(columns: Sequence[Column]) -> list[_Source]:
    """Return every source that is an attribute, best first within its column."""
    sources = [
        _Source(name, number, _group(column, name), name not in column.kept, name in column.milliseconds)
        for number, column in enumerate(columns, 1)
        for name in column.sources
        if not is_derived(name)
    ]
    return sorted(sources, key=lambda source: source.group)


def _group(column: Column, source: str) -> int:
    if source in column.structured:
        return _STRUCTURED
    return {"integer": _INTEGER, "number": _NUMBER}.get(column.type, _TEXT)


def _list(items: Iterable[str]) -> str:
    return "[" + ", ".join(items) + "]"


def _quoted(text: str) -> str:
    """Quote one of the names of conventions.py; values of users never go into SQL text."""
    assert "'" not in text
    assert "\\" not in text
    return f"'{text}'"
