"""Values of attributes, and JSON in texts, as plain Python and back; what is not changed stays as it came."""

import json
import re
from typing import Final, NamedTuple

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList

_OBJECT: Final = re.compile(r'[\s\[]*\{\s*"')

Plain = None | bool | int | float | str | bytes | list["Plain"] | dict[str, "Plain"]


class Read(NamedTuple):
    value: Plain
    exact: bool
    """False when a name is there twice in one object: the value has the last only, and the source both."""


def read_value(value: AnyValue) -> Read:
    """Return the plain value of an OTLP value."""
    match value.WhichOneof("value"):
        case "array_value":
            items = [read_value(item) for item in value.array_value.values]
            return Read([item.value for item in items], all(item.exact for item in items))
        case "kvlist_value":
            pairs = value.kvlist_value.values
            fields = {pair.key: read_value(pair.value) for pair in pairs}
            exact = len(fields) == len(pairs) and all(item.exact for item in fields.values())
            return Read({name: item.value for name, item in fields.items()}, exact)
        case None:
            return Read(None, exact=True)
        case kind:
            return Read(getattr(value, kind), exact=True)


def write_value(value: Plain) -> AnyValue:
    """Return the OTLP value of a plain one."""
    match value:
        case None:
            return AnyValue()
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case str():
            return AnyValue(string_value=value)
        case bytes():
            return AnyValue(bytes_value=value)
        case list():
            return AnyValue(array_value=ArrayValue(values=[write_value(item) for item in value]))
        case dict():
            pairs = [KeyValue(key=name, value=write_value(item)) for name, item in value.items()]
            return AnyValue(kvlist_value=KeyValueList(values=pairs))


def may_be_json(text: str) -> bool:
    return text.lstrip()[:1] in {"[", "{"}


def was_json(text: str) -> bool:
    """Tell whether a text that is no JSON seems to have been: cut to a length, or one object a line."""
    return _OBJECT.match(text) is not None


def read_json(text: str) -> Read | None:
    """Return what a text of JSON says, if it is a list or an object; None for any other text.

    The standard library's reader, because it keeps integers of any size as they are. Raises RecursionError for
    what nests too deeply to be looked through.
    """
    if not may_be_json(text):
        return None
    exact = True

    def fields(pairs: list[tuple[str, Plain]]) -> dict[str, Plain]:
        nonlocal exact
        found = dict(pairs)
        exact = exact and len(found) == len(pairs)
        return found

    try:
        value: Plain = json.loads(text, object_pairs_hook=fields)
    except ValueError:
        return None
    return Read(value, exact)


def write_json(value: Plain, like: str) -> str:
    """Return the JSON of a value, with blanks if the text that it came from has them."""
    separators = (", ", ": ") if '": ' in like else (",", ":")
    text = json.dumps(value, ensure_ascii=False, separators=separators)
    # Half of a pair of surrogates can be escaped in JSON, and stands in no text of protobuf.
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
