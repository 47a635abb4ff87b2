"""Attribute values as the warehouse keeps them: text that begins with the letter of its type.

    s text    i integer    d number    b1 true, b0 false    n no value
    a array, k key-value list, x bytes: base64 of the OTLP ArrayValue, KeyValueList, bytes
    t text that begins with STRUCTURED

In a column that may hold a structured value, and behind the letter s, such a value is its typed text behind
STRUCTURED, and so is a text that begins as one; in other columns a text is as it came.

So 0, "" and false differ from each other and from an absent value, and nesting has no limit of its own.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Final

import orjson
from google.protobuf.message import DecodeError
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList

STRUCTURED: Final = "\x01"
_DEEPEST: Final = 100

Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]


def encode_value(value: AnyValue) -> str:
    """Return the typed text of an OTLP value: what the warehouse's view makes of it."""
    match value.WhichOneof("value"):
        case "string_value":
            return ("t" if value.string_value.startswith(STRUCTURED) else "s") + value.string_value
        case "int_value":
            return f"i{value.int_value}"
        case "double_value":
            return f"d{value.double_value!r}"
        case "bool_value":
            return "b1" if value.bool_value else "b0"
        case "array_value":
            return "a" + base64.b64encode(value.array_value.SerializeToString()).decode()
        case "kvlist_value":
            return "k" + base64.b64encode(value.kvlist_value.SerializeToString()).decode()
        case "bytes_value":
            return "x" + base64.b64encode(value.bytes_value).decode()
        case _:
            return "n"


def read_value(text: str) -> AnyValue:
    """Return the OTLP value of a typed text: what ``encode_value`` was given."""
    kind, rest = text[:1], text[1:]
    match kind:
        case "s" if _is_structured(rest):
            return read_value(rest.removeprefix(STRUCTURED))
        case "s" | "t":
            return AnyValue(string_value=rest)
        case "i":
            return AnyValue(int_value=int(rest))
        case "d":
            return AnyValue(double_value=float(rest))
        case "b":
            return AnyValue(bool_value=rest == "1")
        case "a":
            return AnyValue(array_value=ArrayValue.FromString(base64.b64decode(rest)))
        case "k":
            return AnyValue(kvlist_value=KeyValueList.FromString(base64.b64decode(rest)))
        case "x":
            return AnyValue(bytes_value=base64.b64decode(rest))
        case _:
            return AnyValue()


def decode_value(text: str) -> Value:
    """Return the JSON value of a typed text; bytes become their base64."""
    kind, rest = text[:1], text[1:]
    match kind:
        case "s" if _is_structured(rest):
            return decode_value(rest.removeprefix(STRUCTURED))
        case "s" | "t" | "x":
            return rest
        case "i":
            return int(rest)
        case "d":
            return float(rest)
        case "b":
            return rest == "1"
        case "a" | "k":
            return _decode_nested(kind, rest)
        case _:
            return None


def _decode_nested(kind: str, encoded: str) -> Value:
    """Return what lists hold; of bytes that are none, as a client's faulty encoder may send, their base64."""
    try:
        data = base64.b64decode(encoded)
        if kind == "a":
            return [plain_value(item) for item in ArrayValue.FromString(data).values]
        return plain_attributes(KeyValueList.FromString(data).values)
    except (DecodeError, binascii.Error):
        return encoded


def load_json(text: str) -> Value:
    """Return the value of JSON. Raises ValueError for what is none, or nests deeper than anything meant."""
    value: Value = orjson.loads(text)
    level = [value]
    for _ in range(_DEEPEST):
        level = [item for part in level if isinstance(part, dict | list) for item in _members(part)]
        if not level:
            return value
    raise ValueError("The JSON nests too deep.")


def _members(value: dict[str, Value] | list[Value]) -> Iterable[Value]:
    return value.values() if isinstance(value, dict) else value


def decode_text(text: str) -> str:
    """Return what a column of texts holds, as text: what is structured as JSON."""
    if not _is_structured(text):
        return text
    value = decode_value(text.removeprefix(STRUCTURED))
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _is_structured(text: str) -> bool:
    # What else begins so is a text, of a warehouse from before such texts had a letter.
    return text.startswith(STRUCTURED) and text[1:2] in {"a", "k", "t"}


def encode_attributes(attributes: Iterable[KeyValue]) -> dict[str, str]:
    """Return attributes as the warehouse keeps them; of one name the last counts."""
    return {attribute.key: encode_value(attribute.value) for attribute in attributes}


def decode_attributes(texts: Mapping[str, str]) -> dict[str, Value]:
    return {name: decode_value(text) for name, text in texts.items()}


def plain_attributes(attributes: Iterable[KeyValue]) -> dict[str, Value]:
    return {attribute.key: plain_value(attribute.value) for attribute in attributes}


def plain_value(value: AnyValue) -> Value:
    """Return the JSON value of an OTLP value."""
    match value.WhichOneof("value"):
        case "array_value":
            return [plain_value(item) for item in value.array_value.values]
        case "kvlist_value":
            return plain_attributes(value.kvlist_value.values)
        case _:
            return decode_value(encode_value(value))
