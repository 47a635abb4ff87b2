"""Going through whatever OTLP has (spans, logs, metrics): every attribute, value and text, with its place."""

from collections import Counter
from collections.abc import MutableSequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

from google.protobuf.message import Message
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from windlass.telemetry.masking.rules import Place

_PLACES: Final[dict[str, Place]] = {
    "Span": "span",
    "Event": "event",
    "Link": "link",
    "Resource": "resource",
    "InstrumentationScope": "scope",
    "LogRecord": "log",
}
_OTHER: Final[Place] = "metric"
_NO_TEXTS: Final = frozenset({"schema_url", "unit"})


class Found:
    """What was masked: how often by each rule and, when it is asked for, where."""

    def __init__(self, *, with_places: bool = False) -> None:
        self.counts: Counter[str] = Counter()
        self.places: Counter[tuple[str, str]] | None = Counter() if with_places else None


class Walk:
    """Visits an OTLP message. What it does there is for those that inherit: each keeps or changes in place."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self._owners: list[str] = []
        self._names: list[str] = []
        self._end_of_owner, self._end_of_name = _Last(self._owners), _Last(self._names)

    def message(self, message: Message) -> None:
        """Visit a message and all that is in it."""
        kind = message.DESCRIPTOR.name
        with self._within(kind, message):
            self.visit_owner(message)
            for field, value in message.ListFields():
                if field.message_type is None:
                    if isinstance(value, str) and field.name not in _NO_TEXTS:
                        with self.named(field.name):
                            self.visit_text(message, field.name, value)
                elif field.message_type.name == "KeyValue":
                    self.visit_attributes(_PLACES.get(kind, _OTHER), value)
                elif isinstance(value, AnyValue):
                    with self.named(field.name):
                        self.visit_value(value)
                elif isinstance(value, Message):
                    self.message(value)
                else:
                    for item in value:
                        if isinstance(item, Message):
                            self.message(item)

    def visit_owner(self, message: Message) -> None:
        """See a message before what is in it."""

    def visit_text(self, message: Message, field: str, text: str) -> None:
        """See a text that is no attribute: a name, a status message."""

    def visit_attributes(
        self,
        place: Place,  # noqa: ARG002 - for those that inherit
        attributes: MutableSequence[KeyValue],
    ) -> None:
        """See the attributes of a span, event, resource and so on."""
        for attribute in attributes:
            self.visit_attribute(attribute)

    def visit_attribute(self, attribute: KeyValue) -> None:
        """See one of them."""

    def visit_value(self, value: AnyValue) -> None:
        """See a value that is no attribute: the body of a log."""

    def found(self, rule: str, count: int = 1) -> None:
        """Count that a rule masked something here."""
        self._found.counts[rule] += count
        if self._found.places is not None:
            owner, name = " ".join(self._owners), self.name
            self._found.places[rule, f"{owner}: {name}" if owner else name] += count

    @property
    def name(self) -> str:
        """The name of the value being visited, with the names that it nests in before it."""
        return ".".join(self._names)

    def named(self, name: str) -> AbstractContextManager[None]:
        """Visit what is in the with block as a value of this name."""
        self._names.append(name)
        return self._end_of_name

    def _within(self, kind: str, message: Any) -> AbstractContextManager[None]:
        owner = {"Status": "status"}.get(kind) or _PLACES.get(kind)
        if owner is None:
            return nullcontext()
        self._owners.append(f"span {message.span_id.hex()}".strip() if owner == "span" else owner)
        return self._end_of_owner


class _Last(AbstractContextManager[None]):
    """Takes the last item from a list at the end of a with block; a generator would cost more than a visit."""

    def __init__(self, items: list[str]) -> None:
        self._items = items

    def __exit__(self, *_: object) -> None:
        self._items.pop()
