"""What a span, a log record or a data point may be at most: over it, it is refused and counted, never cut."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

MOST_DEPTH: Final = 30
"""Key-value lists of this depth are as deep as protobuf's own readers go: 100 messages in each other."""


class Limits(NamedTuple):
    items: int = 50_000
    """Spans, log records or data points of a request."""
    attributes: int = 4096
    """Attributes of one of them, of its resource or of its scope."""
    value_bytes: int = 8 * 2**20
    """One attribute's value, as protobuf writes it."""
    depth: int = 20
    """Lists in lists of one value; at most MOST_DEPTH."""

    def problem_of(self, attributes: Sequence[KeyValue], what: str = "an attribute") -> str | None:
        """Return why attributes cannot be kept."""
        if len(attributes) > self.attributes:
            return f"more than {self.attributes} attributes"
        return self.problem_of_values(attributes, what)

    def problem_of_shared(self, resource: Sequence[KeyValue], scope: Sequence[KeyValue]) -> str | None:
        """Return why nothing of a resource and a scope with these attributes can be kept."""
        return self.problem_of(resource, "a resource attribute") or self.problem_of(scope, "a scope attribute")

    def problem_of_values(self, attributes: Iterable[KeyValue], what: str) -> str | None:
        """Return why the values of attributes cannot be kept, however many they are."""
        problems = (self.problem_of_value(attribute.value, what) for attribute in attributes)
        return next(filter(None, problems), None)

    def problem_of_value(self, value: AnyValue, what: str = "an attribute") -> str | None:
        """Return why a value cannot be kept."""
        kind = value.WhichOneof("value")
        if kind in _LENGTHS and len(getattr(value, kind)) > self.value_bytes // _LENGTHS[kind]:
            # Of a long text the bytes count, and writing it is the only way to know them.
            if value.ByteSize() > self.value_bytes:
                return f"{what} of more than {self.value_bytes} bytes"
        elif kind in _NESTED:
            if value.ByteSize() > self.value_bytes:
                return f"{what} of more than {self.value_bytes} bytes"
            if _is_deeper(value, self.depth):
                return f"{what} nested deeper than {self.depth}"
        return None


_LENGTHS: Final = {"string_value": 4, "bytes_value": 1}
"""How many bytes a character may take."""
_NESTED: Final = frozenset({"array_value", "kvlist_value"})


def _is_deeper(value: AnyValue, depth: int) -> bool:
    """Tell whether more lists than that lie in each other, this one counted; protobuf's own bound holds this."""
    nested = (item for item in _inner(value) if item.WhichOneof("value") in _NESTED)
    return depth == 0 or any(_is_deeper(item, depth - 1) for item in nested)


def _inner(value: AnyValue) -> Iterator[AnyValue]:
    if value.WhichOneof("value") == "array_value":
        yield from value.array_value.values
    else:
        for item in value.kvlist_value.values:
            yield item.value


class Rejections:
    """How many items of a request cannot be kept, and why."""

    def __init__(self, items: str) -> None:
        """``items`` is what is rejected, for the reason that is told."""
        self._items = items
        self._problems: Counter[str] = Counter()

    def add(self, problem: str, count: int = 1) -> None:
        self._problems[problem] += count

    @property
    def total(self) -> int:
        return self._problems.total()

    @property
    def reason(self) -> str:
        """Why, for ``partial_success.error_message``; empty when nothing was rejected."""
        found = "; ".join(f"{count} with {problem}" for problem, count in self._problems.most_common())
        return f"{self._items} rejected: {found}." if found else ""
