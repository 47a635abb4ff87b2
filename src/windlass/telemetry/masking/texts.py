"""Masking within texts: patterns and detectors, applied to every text wherever it stands."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

import re2
from google.protobuf.message import Message
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from windlass.telemetry.conventions import ITEM, RELEASE, RUN
from windlass.telemetry.masking.detectors import DETECTIONS, Context, compile_pattern
from windlass.telemetry.masking.plain import Plain, may_be_json, read_json, read_value, write_json, write_value
from windlass.telemetry.masking.rules import MaskingRules
from windlass.telemetry.masking.walk import Found, Walk

_SAMPLING: Final = re.compile(r"[ \t]*ot=[a-z0-9]+:[0-9a-f]{1,14}(?:;[a-z0-9]+:[0-9a-f]{1,14})*[ \t]*")
"""The member of `tracestate` with OpenTelemetry's sampling threshold: digits that look like anything."""
_KEYS: Final = frozenset({RELEASE, RUN, ITEM})
"""What windlass finds spans by: masked, a run would not know its own samples."""
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_EXACT_DOUBLE: Final = 2.0**53


class _TextRule(NamedTuple):
    name: str
    pattern: Any
    length: Callable[[Context], int]
    replacement: bytes


class TextMasking:
    """The rules of a project that say what texts must not hold."""

    def __init__(self, rules: MaskingRules) -> None:
        detectors = (
            _TextRule(f"detector:{name}", *DETECTIONS[name], f"[{name}]".encode()) for name in rules.detectors
        )
        patterns = (
            _TextRule(
                f"pattern:{rule.name}",
                compile_pattern(rule.pattern),
                lambda context: len(context.text),
                rule.replacement.encode(),
            )
            for rule in rules.patterns
        )
        # The project's own patterns know better what something is than ours.
        self._rules = (*patterns, *detectors)
        self._any = _any_of(self._rules)

    def __bool__(self) -> bool:
        return bool(self._rules)

    def apply(self, message: Message, found: Found) -> None:
        """Mask every text of an OTLP message in place."""
        _Mask(self, found).message(message)

    def mask_bytes(self, data: bytes, found: Found) -> bytes:
        """Return the bytes of a file of text, masked."""
        return _Mask(self, found).data(data)

    def mask_line(self, data: bytes, found: Callable[[str, int], None]) -> bytes:
        """Return UTF-8 in which every rule was applied, one after the other."""
        if self._any is not None and self._any.search(data) is None:
            return data
        for rule in self._rules:
            data = _replaced(data, rule, found)
        return data


def _any_of(rules: Sequence[_TextRule]) -> Any:
    """Return a pattern for what any rule may mean: one look at a text, where each rule would need its own.

    None when the patterns are too many for one, or name their groups alike.
    """
    try:
        return compile_pattern("|".join(f"(?:{rule.pattern.pattern})" for rule in rules))
    except re2.error:
        return None


def _replaced(data: bytes, rule: _TextRule, found: Callable[[str, int], None]) -> bytes:
    pieces: list[bytes] = []
    kept, start, count = 0, 0, 0
    while start <= len(data) and (match := rule.pattern.search(data, start)) is not None:
        first, last = match.span()
        length = rule.length(_context(data, first, last))
        if length <= 0:
            # Something else: what is looked for may begin within it.
            start = first + 1
            continue
        pieces += (data[kept:first], match.expand(rule.replacement))
        kept = start = first + length
        count += 1
    if not count:
        return data
    found(rule.name, count)
    return b"".join((*pieces, data[kept:]))


def _context(data: bytes, first: int, last: int) -> Context:
    # Only ASCII decides: a word of Korean may stand right beside a number.
    before, after = data[first - 1 : first] if first else b"", data[last : last + 1]
    return Context(_ascii(before), data[first:last].decode("ascii", "replace"), _ascii(after))


def _ascii(data: bytes) -> str:
    return data.decode() if data.isascii() else ""


class _Mask(Walk):
    def __init__(self, masking: TextMasking, found: Found) -> None:
        super().__init__(found)
        self._masking = masking

    def visit_text(self, message: Message, field: str, text: str) -> None:
        masked = self._trace_state(text) if field == "trace_state" else self._text(text)
        if masked != text:
            setattr(message, field, masked)

    def visit_attribute(self, attribute: KeyValue) -> None:
        if attribute.key in _KEYS:
            return
        with self.named(attribute.key):
            self.visit_value(attribute.value)
            if (key := self._line(attribute.key)) != attribute.key:
                attribute.key = key

    def data(self, data: bytes) -> bytes:
        try:
            return self._text(data.decode()).encode()
        except UnicodeDecodeError:
            # Bytes of no text may still hold one: ASCII within them is found as it stands.
            return self._masking.mask_line(data, self.found)

    def visit_value(self, value: AnyValue) -> None:
        kind = value.WhichOneof("value")
        if kind == "string_value":
            text = value.string_value
            if (masked := self._text(text)) != text:
                value.string_value = masked
        elif kind not in {None, "bool_value"}:
            read = read_value(value)
            plain = self._value(read.value)
            if plain is not read.value or not read.exact:
                value.CopyFrom(write_value(plain))

    def _value(self, value: Plain) -> Plain:
        """Return a value with every text in it masked; the same object when nothing was."""
        match value:
            case str():
                return self._text(value)
            case bytes():
                masked = self.data(value)
                return value if masked == value else masked
            case bool() | None:
                return value
            case int() | float():
                return self._number(value)
            case list():
                items = [self._value(item) for item in value]
                return value if all(one is other for one, other in zip(items, value, strict=True)) else items
            case dict():
                return self._fields(value)

    def _fields(self, fields: dict[str, Plain]) -> Plain:
        masked: dict[str, Plain] = {}
        for name, value in fields.items():
            with self.named(name):
                masked[self._line(name)] = self._value(value)
        same = len(masked) == len(fields) and all(masked.get(name) is value for name, value in fields.items())
        return fields if same and list(masked) == list(fields) else masked

    def _number(self, value: float) -> Plain:
        """Mask a number whose digits are what a rule means; it becomes a text."""
        if isinstance(value, float) and not (value.is_integer() and abs(value) < _EXACT_DOUBLE):
            return value
        digits = str(int(value))
        masked = self._line(digits)
        return value if masked == digits else masked

    def _text(self, text: str) -> str:
        """Mask a text; in JSON each of its texts by itself, so that it stays JSON, and then what is left."""
        if may_be_json(text) and ("\\" in text or self._is_found_in(text)):
            # What nests too deeply is masked as the text that it is: it may be no JSON any more then.
            with suppress(RecursionError):
                text = self._json(text)
        return self._line(text)

    def _json(self, text: str) -> str:
        read = read_json(text)
        if read is None:
            return self._unescaped(text)
        value = self._value(read.value)
        return text if value is read.value and read.exact else write_json(value, text)

    def _unescaped(self, text: str) -> str:
        """Return what seems to have been JSON without escapes if they hide something, else as it is."""
        plain = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
        return plain if self._is_found_in(plain) else text

    def _is_found_in(self, text: str) -> bool:
        data = _encoded(text)
        return self._masking.mask_line(data, lambda _rule, _count: None) != data

    def _line(self, text: str) -> str:
        data = _encoded(text)
        masked = self._masking.mask_line(data, self.found)
        return text if masked == data else masked.decode(errors="replace")

    def _trace_state(self, text: str) -> str:
        members = text.split(",")
        return ",".join(member if _SAMPLING.fullmatch(member) else self._line(member) for member in members)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")
