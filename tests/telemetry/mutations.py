"""Breaking bodies: protobuf by its fields, so that much of it still parses, and by its bytes; JSON too."""

import json
import struct
from collections.abc import Callable
from random import Random
from typing import Any, Final

VARINT, FIXED64, DELIMITED, GROUP, END_GROUP, FIXED32 = range(6)

_NUMBERS: Final = (0, 1, 2, 3, 5, 6, 7, 8, 9, 11, 13, 15, 16, 1001, 1003, 1101, 18999, 2**29 - 1)
_TEXTS: Final = (b"", b"\x00", b"\xff\xfe", b"x" * 300, "곳".encode(), b"\xed\xa0\x80", b"{}", b"\\", b"'", b"\n")
_ODD: Final[tuple[Any, ...]] = (
    None, True, 0, -1, 2**31, 2**63, 2**64, 1e400, -1.5, "", "NaN", "Infinity", "-1", "9" * 30, "\ud800", "\x00",
    "text", "AAAA", "0123456789abcdef", [], [[]], [None], {}, {"": {}}, {"stringValue": 5}, {"arrayValue": {}},
)  # fmt: skip


def mutate_protobuf(body: bytes, random: Random) -> bytes:
    """Return a body with a few fields changed, and sometimes a few bytes."""
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        body = mutate_fields(body, random) if random.random() < 0.8 else mutate_bytes(body, random)
    return body


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
    number, wire_type, content = fields[place]
    if wire_type == DELIMITED and content and random.random() < 0.75 and split(content):
        fields[place] = (number, wire_type, mutate_fields(content, random))
        return join(fields)
    match random.randrange(7):
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
        case _:
            random.shuffle(fields)
    return join(fields)


def new_field(random: Random, number: int | None = None) -> bytes:
    """Return a field of any number and wire type, groups too."""
    number = random.choice(_NUMBERS) or 1 if number is None else number
    wire_type = random.randrange(6)
    match wire_type:
        case 0:
            content = varint(random.choice((0, 1, 127, 2**31, 2**32, 2**63, 2**64 - 1)))
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
    number = shift = 0
    while True:
        byte = data[place]
        place += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number, place


def varint(number: int) -> bytes:
    made = bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    return bytes((*made, number))


def tag(number: int, wire_type: int) -> bytes:
    return varint(number << 3 | wire_type)


def delimited(number: int, content: bytes) -> bytes:
    return tag(number, DELIMITED) + varint(len(content)) + content


def mutate_json(document: Any, random: Random) -> bytes:
    """Return JSON with a few values changed, and sometimes a few bytes."""
    made = json.loads(json.dumps(document))
    for _ in range(random.choice((1, 1, 2, 4))):
        _mutate_value(made, random)
    body = json.dumps(made).encode()
    return mutate_bytes(body, random) if random.random() < 0.2 else body


def _mutate_value(value: Any, random: Random) -> None:
    places = list(value) if isinstance(value, dict) else list(range(len(value)))
    if not places:
        return
    place = random.choice(places)
    if isinstance(value[place], dict | list) and value[place] and random.random() < 0.8:
        _mutate_value(value[place], random)
        return
    changes: tuple[Callable[[], None], ...] = (
        lambda: value.__setitem__(place, random.choice(_ODD)),
        lambda: value.__delitem__(place),
        lambda: value.__setitem__(place, _nested(random)),
    )
    random.choice(changes)()


def _nested(random: Random) -> Any:
    made: Any = {"stringValue": "innermost"}
    for _ in range(random.choice((3, 25, 60, 300))):
        made = {"arrayValue": {"values": [made]}}
    return made
