"""Values of columns that no attribute of a span is: added to it as attributes before the warehouse looks.

Some conventions keep a value within JSON, a list of messages in numbered attributes or in events, or the name of
a tool in the name of the span. Whether any span of a request does is asked of its bytes, which costs next to
nothing; only such spans are looked into here. What they said themselves stays as it is.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

import orjson
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from windlass.telemetry.conventions import (
    BEYOND,
    COLUMNS,
    ENTITIES,
    EVENTS,
    INSTANT,
    KINDS,
    METHOD,
    METHODS,
    Column,
    is_derived,
)
from windlass.telemetry.event_messages import read_events
from windlass.telemetry.masking.detectors import compile_pattern
from windlass.telemetry.messages import dump_messages, find_messages, unflatten
from windlass.telemetry.values import Value, load_json, plain_attributes, plain_value

_NUMBER: Final = re.compile(r"\.\d+(?:\.|$)")


class _Seen(NamedTuple):
    """A span while values are derived from it."""

    span: Span
    attributes: Mapping[str, AnyValue]
    families: frozenset[str]
    """What stands before the number in the names of attributes."""
    events: Mapping[str, str]

    def text(self, name: str) -> str:
        value = self.attributes.get(name)
        return value.string_value if value is not None else ""


_Reader = Callable[[_Seen], Value]


class _Deriving(NamedTuple):
    """A column with sources that are no attributes, and how each source is read; None: by the warehouse."""

    column: Column
    readers: tuple[tuple[str, _Reader | None], ...]


def may_derive(body: bytes) -> bool:
    """Return whether a serialised request may have a span to which attributes are to be added."""
    return _ATTRIBUTE.search(body) is not None or _EVENT.search(body) is not None


def derived_attributes(span: Span) -> list[KeyValue]:
    """Return the attributes that fill the columns which the span's own leave empty."""
    attributes = {attribute.key: attribute.value for attribute in span.attributes}
    families = frozenset(
        match.string[: match.start() + 1] for name in attributes if (match := _NUMBER.search(name))
    )
    events = [(event.name, plain_attributes(event.attributes)) for event in span.events]
    is_tool = "gen_ai.tool.name" in attributes
    seen = _Seen(span, attributes, families, read_events(events, is_tool=is_tool) if events else {})
    found = []
    for column, readers in _DERIVING:
        for source, read in readers:
            if read is None:
                if source in attributes and _fits(column, source, attributes[source]):
                    break
            elif (value := _typed(column, read(seen))) is not None:
                found.append(KeyValue(key=column.sources[0], value=value))
                break
    return found


def _fits(column: Column, source: str, value: AnyValue) -> bool:
    """Return whether the warehouse takes an attribute as the value of a column."""
    match value.WhichOneof("value"):
        case "string_value":
            return column.type in {"name", "text", "names"}
        case "int_value":
            return column.type in {"integer", "number"} and abs(value.int_value) < BEYOND
        case "double_value":
            return column.type == "number" and abs(value.double_value) < BEYOND
        case _:
            return source in column.structured


def _typed(column: Column, value: Value) -> AnyValue | None:
    """Return a value as one of its column's type, if it can be one."""
    if value is None or isinstance(value, bool) or value in ("", [], {}):
        return None
    if column.type in {"integer", "number"}:
        if not isinstance(value, int | float) or not -BEYOND < value < BEYOND:
            return None
        return AnyValue(double_value=value) if column.type == "number" else AnyValue(int_value=int(value))
    return AnyValue(string_value=value if isinstance(value, str) else orjson.dumps(value).decode())


def _reader(column: Column, source: str) -> _Reader | None:
    if not is_derived(source):
        return None
    if source == INSTANT:
        return partial(_since_start, source.rstrip("/"))
    if source.startswith(EVENTS):
        return partial(_of_events, source.removeprefix(EVENTS))
    if source == METHOD:
        return partial(_method, column.values)
    place, _, kind = source.partition("@")
    if kind:
        return partial(_of_kind, kind, _place_reader(column, place) if place else partial(_named, kind))
    return _place_reader(column, source)


def _place_reader(column: Column, source: str) -> _Reader:
    """Return what reads a place in a span of any kind."""
    for sign, take in (("|", _before), ("…", _quoted_at_end)):
        place, found, words = source.partition(sign)
        if found:
            return partial(take, words, _place_reader(column, place))
    if "*" in source:
        prefix, suffix = source.split("*")
        if column.name == "tool_definitions":
            return partial(_numbered_tools, prefix)
        return partial(_numbered_texts, prefix, suffix) if suffix else partial(_numbered_messages, prefix)
    if "/" not in source:
        return partial(_text, source)
    name, *path = filter(None, source.split("/"))
    return partial(_within_tools if column.name == "tool_definitions" else _within, name, tuple(path))


def _of_events(column: str, seen: _Seen) -> Value:
    return seen.events.get(column)


def _text(name: str, seen: _Seen) -> Value:
    return seen.text(name)


def _of_kind(kind: str, read: _Reader, seen: _Seen) -> Value:
    return read(seen) if any(seen.text(name) == kind for name in KINDS) else None


def _before(sign: str, read: _Reader, seen: _Seen) -> Value:
    text, found, _ = str(read(seen)).partition(sign)
    return text if found else None


def _quoted_at_end(words: str, read: _Reader, seen: _Seen) -> Value:
    """Return what stands in quotes at the end of a text: only there can nothing that was said be taken for it."""
    value = read(seen)
    if not isinstance(value, str) or not value.endswith("')"):
        return None
    _, found, name = value.removesuffix("')").rpartition(f"{words}'")
    return name if found and "'" not in name else None


def _method(values: Mapping[str, str], seen: _Seen) -> Value:
    method = f".{seen.span.name.rpartition('.')[2]}"
    return method if method in values else None


def _within(name: str, path: tuple[str, ...], seen: _Seen) -> Value:
    """Return a value within an attribute's JSON."""
    attribute = seen.attributes.get(name)
    if attribute is None:
        return None
    is_text = attribute.WhichOneof("value") == "string_value"
    value = _loaded(attribute.string_value) if is_text else plain_value(attribute)
    for member in path:
        value = value.get(member) if isinstance(value, dict) else None
    return value


def _within_tools(name: str, path: tuple[str, ...], seen: _Seen) -> Value:
    return _tools(_within(name, path, seen))


def _numbered(prefix: str, suffix: str, seen: _Seen) -> dict[str, Value]:
    if prefix not in seen.families:
        return {}
    return {
        name: plain_value(value)
        for name, value in seen.attributes.items()
        if name.startswith(prefix) and name[len(prefix) : len(prefix) + 1].isdecimal() and name.endswith(suffix)
    }


def _numbered_texts(prefix: str, suffix: str, seen: _Seen) -> Value:
    return ",".join(map(str, _numbered(prefix, suffix, seen).values()))


def _numbered_tools(prefix: str, seen: _Seen) -> Value:
    return _tools(unflatten(_numbered(prefix, "", seen)))


def _numbered_messages(prefix: str, seen: _Seen) -> Value:
    """Return what numbered attributes say together: messages, or else a list."""
    members = _numbered(prefix, "", seen)
    if not members:
        return None
    role = "user" if prefix.endswith(("input_messages.", "prompt.", "prompts.")) else "assistant"
    messages = find_messages(members, role)
    return dump_messages(messages) if messages else unflatten(members)


def _tools(value: Value) -> Value:
    """Return definitions of tools as JSON objects, where they or their parameters are texts of JSON."""
    if not isinstance(value, list):
        return value
    tools: list[Value] = []
    for item in value:
        tool = item.get("tool", item) if isinstance(item, dict) else item
        tool = tool.get("json_schema", tool) if isinstance(tool, dict) else tool
        tool = _loaded(tool) if isinstance(tool, str) else tool
        if isinstance(tool, dict) and isinstance(parameters := tool.get("parameters"), str):
            tool = {**tool, "parameters": _loaded(parameters)}
        tools.append(tool)
    return tools


def _named(kind: str, seen: _Seen) -> Value:
    return next(filter(None, map(seen.text, ENTITIES)), "") or _without_method(
        seen.span.name, METHODS.get(kind, ())
    )


def _without_method(name: str, methods: Iterable[str]) -> str:
    return next((name.removesuffix(method) for method in methods if name.endswith(method)), name)


def _since_start(name: str, seen: _Seen) -> Value:
    """Return the seconds from the start of a span to the point in time that an attribute has."""
    try:
        time = datetime.fromisoformat(seen.text(name).strip('"')).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(time - seen.span.start_time_unix_nano / 1e9, 0.0)


def _loaded(text: str) -> Value:
    try:
        return load_json(text)
    except ValueError:
        return None


def _deriving() -> tuple[_Deriving, ...]:
    return tuple(
        _Deriving(column, tuple((source, _reader(column, source)) for source in column.sources))
        for column in COLUMNS
        if any(map(is_derived, column.sources))
    )


def _attribute() -> str:
    """Return what finds the name of an attribute that something is derived from, behind its tag and length."""
    sources = [source for column in COLUMNS for source in column.sources if is_derived(source)]
    names = {re.split(r"[/*@|…]", source)[0] for source in sources if not source.startswith(("@", EVENTS))}
    return r"(?s)\n.(?:" + "|".join(map(re.escape, sorted({*names, *KINDS}))) + ")"


_DERIVING: Final = _deriving()
_ATTRIBUTE: Final = compile_pattern(_attribute())
_EVENT: Final = compile_pattern(
    r"(?s)\x12.gen_ai\.(?:choice|(?:user|system|assistant|tool)\.message|client\.inference\.operation)"
)
"""The name of an event that says messages, behind its tag and length."""
