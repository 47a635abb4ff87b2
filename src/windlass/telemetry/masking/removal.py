"""Taking out what is named: denied attributes, and contents of which nothing shall be stored."""

from collections.abc import Iterable, MutableSequence
from typing import Any, Final, get_args

from google.protobuf.message import Message
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from windlass.telemetry.masking.contents import (
    ATTRIBUTES,
    EVENT_FACTS,
    EVENTS,
    ROLES,
    TOOL_SPANS,
    Content,
)
from windlass.telemetry.masking.messages import DROPPED, Messages
from windlass.telemetry.masking.names import Names
from windlass.telemetry.masking.plain import Plain, read_json, read_value, was_json, write_json, write_value
from windlass.telemetry.masking.rules import MaskingRules, Place
from windlass.telemetry.masking.walk import Found, Walk

UNREADABLE: Final = "unreadable"
"""The rule by which JSON is dropped that the others cannot look through: cut off, or nesting too deeply."""
_TOOL_CONTENTS: Final[tuple[tuple[Content, Content], ...]] = (
    ("tool_arguments", "input"),
    ("tool_results", "output"),
)
"""What a tool was given and gave is its span's input and output, by whatever name."""


class Removal:
    """The rules of a project that name what to take out."""

    def __init__(self, rules: MaskingRules) -> None:
        self.drop = frozenset(rules.drop)
        self.denied = {
            place: Names(
                (rule.name, f"attribute:{rule.name}") for rule in rules.attributes if place in rule.places
            )
            for place in get_args(Place)
        }
        self.contents = _names_of((content, content) for content in rules.drop)
        tools = [(dropped, named) for dropped, named in _TOOL_CONTENTS if dropped in self.drop]
        self.tool_contents = _names_of([*((content, content) for content in rules.drop), *tools])

    def __bool__(self) -> bool:
        return bool(self.drop) or any(self.denied.values())

    def apply(self, message: Message, found: Found) -> None:
        """Take out of an OTLP message, in place, what the rules name."""
        _Remove(self, found).message(message)


def _names_of(contents: Iterable[tuple[Content, Content]]) -> Names:
    return Names((name, f"drop:{dropped}") for dropped, named in contents for name in ATTRIBUTES[named])


class _Remove(Walk):
    def __init__(self, removal: Removal, found: Found) -> None:
        super().__init__(found)
        self._removal = removal
        self._messages = Messages(removal.drop, self.found)

    def visit_owner(self, message: Any) -> None:
        content = _content_of_event(message) if self._removal.drop else None
        if content in self._removal.drop:
            self._drop_event(message, f"drop:{content}")

    def visit_attributes(self, place: Place, attributes: MutableSequence[KeyValue]) -> None:
        contents = self._removal.tool_contents if _is_tool(attributes) else self._removal.contents
        silenced = self._silenced_roles(attributes)
        denied = self._removal.denied[place]
        for position in range(len(attributes) - 1, -1, -1):
            attribute = attributes[position]
            with self.named(attribute.key):
                rule = (
                    denied.rule_of(attribute.key)
                    or contents.rule_of(attribute.key)
                    or _rule_of_role(silenced, attribute.key)
                )
                if rule:
                    self.found(rule)
                    del attributes[position]
                else:
                    self._look_into(attribute.value, denied)

    def visit_value(self, value: AnyValue) -> None:
        self._look_into(value, self._removal.denied["log"])

    def _drop_event(self, event: Any, rule: str) -> None:
        for position in range(len(event.attributes) - 1, -1, -1):
            name = event.attributes[position].key
            if name not in EVENT_FACTS:
                with self.named(name):
                    self.found(rule)
                del event.attributes[position]
        if event.DESCRIPTOR.name == "LogRecord" and event.HasField("body"):
            with self.named("body"):
                self.found(rule)
            event.ClearField("body")

    def _silenced_roles(self, attributes: Iterable[KeyValue]) -> dict[str, str]:
        """Return where flattened messages begin whose role is dropped: `gen_ai.prompt.0.` and the like."""
        if not self._removal.drop:
            return {}
        return {
            attribute.key.removesuffix("role"): f"drop:{content}"
            for attribute in attributes
            if attribute.key.endswith(".role")
            and (content := ROLES.get(attribute.value.string_value)) in self._removal.drop
        }

    def _look_into(self, value: AnyValue, denied: Names) -> None:
        reaches = denied.may_reach_into(self.name)
        if not reaches and not self._removal.drop:
            return
        kind = value.WhichOneof("value")
        if kind == "string_value":
            text = self._text(value.string_value, denied)
            if text is not value.string_value:
                value.string_value = text
        elif kind in {"array_value", "kvlist_value"}:
            read = read_value(value)
            kept = self._value(read.value, denied)
            if kept is not read.value or not read.exact:
                value.CopyFrom(write_value(kept))

    def _text(self, text: str, denied: Names) -> str:
        try:
            read = read_json(text)
            if read is None and not was_json(text):
                return text
            if read is not None:
                kept = self._value(read.value, denied)
                return text if kept is read.value and read.exact else write_json(kept, text)
        except RecursionError:
            pass
        # What cannot be looked through may hold anything.
        self.found(UNREADABLE)
        return DROPPED

    def _value(self, value: Plain, denied: Names) -> Plain:
        """Return a value without what the rules name; the same object when they name nothing in it."""
        match value:
            case str():
                return self._text(value, denied)
            case list():
                items = [self._value(item, denied) for item in value]
                return value if all(map(_same, items, value)) else items
            case dict():
                return self._fields(value, denied)
            case _:
                return value

    def _fields(self, fields: dict[str, Plain], denied: Names) -> Plain:
        kept: dict[str, Plain] = {}
        for name, value in self._messages.silenced(fields).items():
            with self.named(name):
                if rule := denied.rule_of(self.name):
                    self.found(rule)
                else:
                    kept[name] = self._value(value, denied)
        same = len(kept) == len(fields) and all(
            kept[name] is value for name, value in fields.items() if name in kept
        )
        return fields if same else kept


def _content_of_event(message: Any) -> Content | None:
    """Return what an event is a message of, when it is one; of spans it is a message, of logs a record."""
    kind = message.DESCRIPTOR.name
    if kind not in {"Event", "LogRecord"}:
        return None
    name = message.name if kind == "Event" else message.event_name
    for attribute in message.attributes:
        if not name and attribute.key == "event.name":
            name = attribute.value.string_value
    return EVENTS.get(name)


def _same(one: object, other: object) -> bool:
    return one is other


def _is_tool(attributes: Iterable[KeyValue]) -> bool:
    return any((attribute.key, attribute.value.string_value) in TOOL_SPANS for attribute in attributes)


def _rule_of_role(silenced: dict[str, str], name: str) -> str | None:
    if not silenced or name.endswith(".role"):
        return None
    return next((rule for start, rule in silenced.items() if name.startswith(start)), None)
