"""Breaking bodies: protobuf by its fields, so that much of it still parses, and by its bytes; JSON too."""

import copy
import re
import struct
from functools import lru_cache
from random import Random
from typing import Any, Final

import orjson

VARINT, FIXED64, DELIMITED, GROUP, END_GROUP, FIXED32 = range(6)

_NUMBERS: Final = (0, 1, 2, 3, 5, 6, 7, 8, 9, 11, 13, 15, 16, 1001, 1003, 1101, 18999, 2**29 - 1)
_TEXTS: Final = (b"", b"\x00", b"\xff\xfe", b"x" * 300, "곳".encode(), b"\xed\xa0\x80", b"{}", b"\\", b"'", b"\n")
_ODD: Final[tuple[Any, ...]] = (
    None, True, 0, -1, 2**31, 2**63, -1.5, "", "NaN", "Infinity", "-1", "9" * 30, "\x00",
    "text", "AAAA", "0123456789abcdef", [], [[]], [None], {}, {"": {}}, {"stringValue": 5}, {"arrayValue": {}},
)  # fmt: skip
_NUMERALS: Final = (
    b"1e400", b"-1e400", b"9" * 400, b"-9223372036854775809", b"18446744073709551616", b"-0", b"0.1e-400", b"01",
    b"0x10", b"NaN", b"1.", b"null", b"true", b'""',
)  # fmt: skip
_NUMERAL: Final = re.compile(rb'(?<=[:\[,])"?-?\d+(?:\.\d+)?"?')
_MEMBER: Final = re.compile(rb'"\w{1,40}":')
_OVERLONG: Final = (b"\xff" * 9 + b"\x7f", b"\xff" * 10 + b"\x01", b"\x80" * 9 + b"\x00", b"\x80" * 40 + b"\x00")
"""Numbers of more bits than 64, or of more bytes than a number has."""
_CHANGES: Final = (0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 7, 7, 8, 8)
"""What is done to a field; a length that is none refuses all of a body, which happens often enough."""
_LENGTHS: Final = (0, 2**31 - 1, 2**31, 2**32, 2**63, 2**64 - 1)


def mutate_protobuf(body: bytes, random: Random, other: bytes = b"") -> bytes:
    """Return a body with a few fields changed, and sometimes a few bytes, or parts of another body in it."""
    for _ in range(random.choice((1, 1, 1, 1, 2, 3))):
        chance = random.random()
        if chance < 0.85:
            body = mutate_fields(body, random)
        elif chance < 0.95 or not other:
            body = mutate_bytes(body, random)
        else:
            body = splice(body, other, random)
    return body


def splice(body: bytes, other: bytes, random: Random) -> bytes:
    """Return the beginning of a body and the end of another, cut anywhere."""
    return body[: random.randrange(len(body) + 1)] + other[random.randrange(len(other) + 1) :]


def mutate_bytes(body: bytes, random: Random) -> bytes:
    made = bytearray(body)
    place = random.randrange(len(made) + 1)
    match random.randrange(5):
        case 0:
            made[place : place + random.randrange(1, 9)] = b""
        case 1:
            made[place:place] = random.randbytes(random.randrange(1, 9))
        case 2:
            return bytes(made[:place])
        case 3:
            made[place:place] = made[place : place + random.randrange(1, 64)]
        case _ if made:
            made[place % len(made)] ^= 1 << random.randrange(8)
    return bytes(made)


def mutate_fields(message: bytes, random: Random) -> bytes:
    """Return a message with one field of it changed, at any depth; the lengths around it are right."""
    fields = split(message)
    if not fields:
        return message + new_field(random)
    place = random.randrange(len(fields))
    if random.random() < 0.3:
        # Most of what can be broken is where most of the message is.
        place = max(range(len(fields)), key=lambda at: len(fields[at][2]))
    number, wire_type, content = fields[place]
    if wire_type == DELIMITED and content and random.random() < 0.75 and split(content):
        fields[place] = (number, wire_type, mutate_fields(content, random))
        return join(fields)
    match random.choice(_CHANGES):
        case 0:
            del fields[place]
        case 1:
            fields.insert(random.randrange(len(fields) + 1), fields[place])
        case 2:
            fields[place] = (random.choice(_NUMBERS), wire_type, content)
        case 3:
            fields[place] = (number, DELIMITED, random.choice((*_TEXTS, random.randbytes(random.randrange(20)))))
        case 4:
            return join(fields[:place]) + new_field(random, number) + join(fields[place + 1 :])
        case 5:
            return join(fields[:place]) + new_field(random) + join(fields[place:])
        case 6:
            return join(fields[:place]) + _false_length(fields[place], random) + join(fields[place + 1 :])
        case 7:
            nested = tag(number, DELIMITED) + _with_length(nested_value(random))
            return join(fields[:place]) + nested + join(fields[place:])
        case _:
            random.shuffle(fields)
    return join(fields)


def new_field(random: Random, number: int | None = None) -> bytes:
    """Return a field of any number and wire type, groups too."""
    number = random.choice(_NUMBERS) or 1 if number is None else number
    wire_type = random.randrange(6)
    match wire_type:
        case 0:
            content = random.choice((*map(varint, (0, 1, 127, 2**31, 2**32, 2**63, 2**64 - 1)), *_OVERLONG))
        case 1:
            content = random.randbytes(8)
        case 2:
            text = random.choice(_TEXTS)
            content = varint(len(text)) + text
        case 3:
            # Sometimes with an end, sometimes without, sometimes in itself.
            inner = new_field(random) if random.random() < 0.3 else b""
            content = inner + (tag(number, END_GROUP) if random.random() < 0.8 else b"")
        case 4:
            content = b""
        case _:
            content = struct.pack("<I", random.randrange(2**32))
    return tag(number, wire_type) + content


def _false_length(field: tuple[int, int, bytes], random: Random) -> bytes:
    """Return a field with a length that its content has not."""
    number, _, content = field
    lies = (*_LENGTHS, len(content) + 1, max(0, len(content) - 1))
    length = random.choice((*map(varint, lies), *_OVERLONG))
    return tag(number, DELIMITED) + length + content


def nested_value(random: Random) -> bytes:
    """Return an AnyValue of lists in lists, or of groups in groups."""
    depth = random.choice((3, 5, 7, 15, 29, 60, 500))
    if random.random() < 0.2:
        return tag(7, GROUP) * depth + tag(7, END_GROUP) * random.choice((depth, depth - 1))
    value = delimited(1, b"innermost")
    for _ in range(depth):
        value = delimited(5, delimited(1, value))
    return value


def _with_length(content: bytes) -> bytes:
    return varint(len(content)) + content


def split(message: bytes) -> list[tuple[int, int, bytes]]:
    """Return the fields of a message, or none for what is no message (or has groups)."""
    fields: list[tuple[int, int, bytes]] = []
    place = 0
    try:
        while place < len(message):
            key, place = read_varint(message, place)
            number, wire_type = key >> 3, key & 7
            begin = place
            match wire_type:
                case 0:
                    _, place = read_varint(message, place)
                case 1:
                    place += 8
                case 2:
                    length, begin = read_varint(message, place)
                    place = begin + length
                case 5:
                    place += 4
                case _:
                    return []
            if number == 0 or place > len(message):
                return []
            fields.append((number, wire_type, message[begin:place]))
    except IndexError:
        return []
    return fields


def join(fields: list[tuple[int, int, bytes]]) -> bytes:
    return b"".join(
        tag(number, wire_type) + (varint(len(content)) if wire_type == DELIMITED else b"") + content
        for number, wire_type, content in fields
    )


def read_varint(data: bytes, place: int) -> tuple[int, int]:
    if data[place] < 128:
        return data[place], place + 1
    number = shift = 0
    while True:
        byte = data[place]
        place += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number, place


def varint(number: int) -> bytes:
    if number < 128:
        return bytes((number,))
    made = bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    return bytes((*made, number))


@lru_cache(4096)
def tag(number: int, wire_type: int) -> bytes:
    return varint(number << 3 | wire_type)


def delimited(number: int, content: bytes) -> bytes:
    return tag(number, DELIMITED) + varint(len(content)) + content


def mutate_json(document: bytes, random: Random) -> bytes:
    """Return JSON with a few values changed, and sometimes its text."""
    made = orjson.loads(document)
    for _ in range(random.choice((0, 1, 1, 2, 4))):
        _mutate_value(made, random)
    # Python's own writer would write what is no JSON, and what no JSON can say is added to the text.
    body = orjson.dumps(made)
    return _mutate_text(body, random) if random.random() < 0.4 else body


def _mutate_text(body: bytes, random: Random) -> bytes:
    match random.randrange(5):
        case 0:
            return _replace_one(_NUMERAL, random.choice(_NUMERALS), body, random)
        case 1:
            # The same name twice in an object.
            names = _MEMBER.findall(body)
            again = random.choice(names) + random.choice((b"null", b"[]", b'"x"', b"1")) if names else b'"":0'
            return _replace_one(_OBJECT, b"{" + again + b",", body, random)
        case 2:
            depth = random.choice((20, 31, 50, 100, 1_000, 20_000))
            begin, end = random.choice(((b"[", b"]"), (b'{"arrayValue":{"values":[', b"]}}")))
            nested = b'"value":' + begin * depth + b"{}" + end * random.choice((depth, depth, 0))
            return _replace_one(_VALUE, nested + b',"rest":{', body, random)
        case 3:
            return _replace_one(_TEXT, b'"' + random.choice(_ESCAPES) + b'"', body, random)
        case _:
            return mutate_bytes(body, random)


_OBJECT: Final = re.compile(rb"\{")
_VALUE: Final = re.compile(rb'"value":\{')
_TEXT: Final = re.compile(rb'"(?:[^"\\]|\\.)*"')
_ESCAPES: Final = (b"\xff", b"\\ud800", b"\\udc00\\ud800", b"\\u0000", b"\\x", b"\n", b"\xed\xa0\x80", b"\\")


def _replace_one(pattern: re.Pattern[bytes], new: bytes, body: bytes, random: Random) -> bytes:
    """Return a body with one of the places that a pattern finds replaced."""
    places = [match.span() for match in pattern.finditer(body)]
    if not places:
        return body + new
    start, end = random.choice(places)
    return body[:start] + new + body[end:]


def _mutate_value(value: Any, random: Random) -> None:
    places = list(value) if isinstance(value, dict) else list(range(len(value)))
    if not places:
        return
    place = random.choice(places)
    if isinstance(value[place], dict | list) and value[place] and random.random() < 0.8:
        _mutate_value(value[place], random)
        return
    match random.randrange(3):
        case 0:
            value[place] = copy.deepcopy(random.choice(_ODD))
        case 1:
            del value[place]
        case _:
            value[place] = _nested(random)


def _nested(random: Random) -> Any:
    made: Any = {"stringValue": "innermost"}
    for _ in range(random.choice((3, 10, 25, 40))):
        made = {"arrayValue": {"values": [made]}}
    return made
