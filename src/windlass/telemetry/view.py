"""The SELECT that makes rows of ``spans`` from rows of an inbox, generated from the table of conventions.

Every attribute gets a rank, by its name and the type of its value: of those that fill a column the least counts.
Sources that are no attribute are nothing for SQL: derived.py adds attributes for them. Each stage is small on
purpose: analysing this text is most of what an insert of few spans costs.
"""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from windlass.telemetry.conventions import COLUMNS, Column, is_derived

_MAP: Final = "Map(LowCardinality(String), String)"
_NO_RANK: Final = 65535
_STRUCTURED, _TEXT, _INTEGER, _NUMBER = range(4)
"""What values a source may have, from the most kinds to the fewest that are text."""

_REFUSED: Final = (
    "throwIf(project = '' OR length(trace_id) != 16 OR length(span_id) != 8 OR "
    "length(parent_span_id) NOT IN (0, 8) OR "
    "greatest(length(trace_ids), length(span_ids), length(trace_states), length(parent_span_ids), "
    "length(span_names), length(status.messages)) > 1, 'a text is there twice, or an id has another length')"
)
"""0, or an error for a text that a span has twice, or in a field of another wire type, which only parsers skip.

A span that the engine refuses is written again by one, and has each field once: see ``clean_row``.
"""


class _Source(NamedTuple):
    name: str
    number: int
    """Index of its column, from 1."""
    group: int
    stays: int
    """From which attribute of the column on it stays in the map: all (0), or those that do not fill it (1)."""


def select_spans(table: str, columns: Sequence[Column] = COLUMNS) -> str:
    """Return the statement; its columns are those of ``spans``."""
    return _View(columns).select(table)


class _View:
    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._sources = _ranked(columns)
        """An index in this table, from 1, is a rank."""
        self._ranks = {source.name: rank for rank, source in enumerate(self._sources, 1)}

    def select(self, table: str) -> str:
        plain = (
            "trace_id, span_id, parent_span_id, trace_state, name, status_code, status_message, "
            "refused, kind, start, end, events, links, project, received, resource, scope, scope_version, "
            "scope_attributes, "
            + ", ".join(f"resource_{column.name}" for column in self._columns if column.resource)
        )
        sent = (
            # What was not sent is empty.
            "SELECT *, trace_ids[-1] AS trace_id, span_ids[-1] AS span_id, trace_states[-1] AS trace_state, "
            "parent_span_ids[-1] AS parent_span_id, span_names[-1] AS name, "
            "status.messages[-1] AS status_message, status.code AS status_code, "
            f"{_REFUSED} AS refused FROM {table}"
        )
        typed = (
            f"SELECT {plain}, attributes.key AS found, {self._found_ranks()} AS found_ranks, "
            f"{self._found_texts()} AS found_texts FROM ({sent})"
        )
        ranked = (
            f"SELECT {plain}, arraySort((name, rank) -> rank, found, found_ranks) AS names, "
            "arraySort((text, rank) -> rank, found_texts, found_ranks) AS texts, arraySort(found_ranks) AS ranks, "
            f"arrayMap(rank -> arrayElement({self._by_rank('number')}, rank), ranks) AS columns FROM ({typed})"
        )
        picked = (
            f"SELECT {plain}, names, texts, ranks, columns, arrayMap((rank, nth) -> nth > "
            f"arrayElement({self._by_rank('stays')}, rank), ranks, arrayEnumerateUniq(columns)) AS rest "
            f"FROM ({ranked})"
        )
        canonical = ", ".join(
            f"{self._canonical(column, number)} AS {column.name}" for number, column in enumerate(self._columns, 1)
        )
        return (
            "SELECT project, toFixedString(trace_id, 16) AS trace_id, toFixedString(span_id, 8) AS span_id, "
            "toFixedString(parent_span_id, 8) AS parent_span_id, trace_state, name, "
            "if(kind BETWEEN 0 AND 5, kind, 0) + refused AS kind, "
            "fromUnixTimestamp64Nano(toInt64(start), 'UTC') AS start_time, "
            "if(end = 0, 0, toInt64(end) - toInt64(start)) AS duration, "
            "if(status_code BETWEEN 0 AND 2, status_code, 0) AS status, status_message, "
            "fromUnixTimestamp64Nano(toInt64(received), 'UTC') AS received, resource, scope, scope_version, "
            f"scope_attributes, events, links, {canonical}, "
            "CAST((arrayFilter((name, kept) -> kept, names, rest), "
            f"arrayFilter((text, kept) -> kept, texts, rest)), '{_MAP}') AS attributes FROM ({picked})"
        )

    def _found_ranks(self) -> str:
        """Return the ranks of a span's attributes: _NO_RANK where name or type of value fill no column."""
        structured, texts, integers = (
            sum(source.group <= group for source in self._sources) for group in (_STRUCTURED, _TEXT, _INTEGER)
        )
        names, ranks = _list(map(_quoted, self._ranks)), _list(map(str, self._ranks.values()))
        kind = "attribute.value.value"
        return (
            f"arrayMap((attribute, rank) -> if(multiIf({kind} = 'string_value', rank <= {texts}, "
            f"{kind} = 'int_value', rank > {texts}, "
            f"{kind} = 'double_value', rank > {integers} AND isFinite(attribute.value.double_value), "
            f"{kind} = 'array_value' OR {kind} = 'kvlist_value', rank <= {structured}, 0), rank, {_NO_RANK}), "
            f"attributes, arrayMap(name -> transform(name, {names}, {ranks}, {_NO_RANK}), attributes.key))"
        )

    def _found_texts(self) -> str:
        """Return the values of a span's attributes as text that begins with the letter of its type: see values.py.

        What is structured and may fill a column of texts becomes a text of that.
        """
        value = "attribute.value"
        structured = sum(source.group == _STRUCTURED for source in self._sources)
        mark = f"if(rank <= {structured}, 's\\x01', '')"
        return (
            f"arrayMap((attribute, rank) -> multiIf({value}.value = 'string_value', "
            f"concat('s', {value}.string_value), "
            f"{value}.value = 'int_value', concat('i', toString({value}.int_value)), "
            f"{value}.value = 'double_value', concat('d', toString({value}.double_value)), "
            f"{value}.value = 'bool_value', if({value}.bool_value, 'b1', 'b0'), "
            f"{value}.value = 'array_value', concat({mark}, 'a', base64Encode({value}.array_value)), "
            f"{value}.value = 'kvlist_value', concat({mark}, 'k', base64Encode({value}.kvlist_value)), "
            f"{value}.value = 'bytes_value', concat('x', base64Encode({value}.bytes_value)), 'n'), "
            "attributes, found_ranks)"
        )

    def _canonical(self, column: Column, number: int) -> str:
        """Return the value of a canonical column."""
        if not column.sources:
            return f"resource_{column.name}"
        value = f"substring(texts[indexOf(columns, {number})], 2)"
        if column.type == "integer":
            return f"toInt64OrNull({value})"
        if column.type == "number":
            value = f"toFloat64OrNull({value})"
            ranks = _list(str(self._ranks[name]) for name in sorted(column.milliseconds))
            of_rank = f"if(has({ranks}, ranks[indexOf(columns, {number})]), 1000, 1)"
            return f"{value} / {of_rank}" if column.milliseconds else value
        if column.type == "names":
            return (
                f"if((arrayStringConcat(if(startsWith({value} AS {column.name}_text, '\\x01'), "
                # The texts of a protobuf ArrayValue: each has two tags and two lengths before it.
                f"extractAll(base64Decode(substring({column.name}_text, 3)), '(?s)\\n.\\n.([a-zA-Z0-9_-]+)'), "
                f"extractAll({column.name}_text, '[a-zA-Z0-9_-]+')), ',') AS {column.name}_names) = '', "
                f"{column.name}_text, {column.name}_names)"
            )
        if column.values:
            older, current = _list(map(_quoted, column.values)), _list(map(_quoted, column.values.values()))
            value = f"transform({value} AS {column.name}_text, {older}, {current}, {column.name}_text)"
        return f"if({value} = '', resource_{column.name}, {value})" if column.resource else value

    def _by_rank(self, field: str) -> str:
        return _list(str(getattr(source, field)) for source in self._sources)


def _ranked(columns: Sequence[Column]) -> list[_Source]:
    """Return every source that is an attribute, best first within its column."""
    sources = [
        _Source(name, number, _group(column, name), int(name not in column.kept))
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
