"""Reading export requests in protobuf, and telling at no cost whether any value in one may nest too deeply."""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, Final, Generic, NamedTuple, TypeVar

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.message import DecodeError, Message

from windlass.errors import InputError
from windlass.telemetry.otlp.limits import MOST_DEPTH
from windlass.telemetry.varints import write_varint

M = TypeVar("M", bound=Message)

_INNER, _REQUEST = 1, 2
"""The fields of a message that holds itself or a request."""
_LENGTH_DELIMITED, _GROUP, _END_GROUP = 2, 3, 4
_BOUND: Final = 94
"""Messages that protobuf reads in each other beside those around a value of a resource; a list is two of them."""


class Read(NamedTuple, Generic[M]):
    message: M
    may_be_deep: bool
    """Whether a value in it may nest deeper than was asked about."""


def read_protobuf(kind: type[M], body: bytes, depth: int) -> Read[M]:
    """Read an export request, and tell whether its values are known to nest at most so deep.

    The parser refuses what nests deeper than 100 messages. Wrapped in as many more as are to spare, a request is
    read by it, at the same speed, only if its values stay within the depth. Raises InputError.
    """
    wraps = _BOUND - 2 * depth
    try:
        wrapped = _nest(kind.DESCRIPTOR).FromString(_wrap(body, wraps))
    except DecodeError:
        return Read(_read_alone(kind, body), may_be_deep=True)
    return Read(_unwrap(wraps)(wrapped), may_be_deep=False)


def _read_alone(kind: type[M], body: bytes) -> M:
    try:
        return kind.FromString(body)
    except DecodeError as error:
        raise InputError(
            f"The body is not an OTLP {kind.DESCRIPTOR.name} in protobuf: it is truncated or something else, or "
            f"its values nest deeper than {MOST_DEPTH}."
        ) from error


@cache
def _nest(request: Descriptor) -> type[Message]:
    """Return a message that holds itself or a request."""
    name = f"Nested{request.name}"
    # Only proto2 has groups.
    file = FileDescriptorProto(name=f"windlass/{name}.proto", package="windlass", syntax="proto2")
    file.dependency.append(request.file.name)
    message = DescriptorProto(name=name)
    for number, field, kind, type_name in (
        (_INNER, "inner", FieldDescriptorProto.TYPE_GROUP, f"windlass.{name}"),
        (_REQUEST, "request", FieldDescriptorProto.TYPE_MESSAGE, request.full_name),
    ):
        message.field.add(
            name=field,
            number=number,
            type=kind,
            label=FieldDescriptorProto.LABEL_OPTIONAL,
            type_name=f".{type_name}",
        )
    file.message_type.append(message)
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"windlass.{name}"))


def _wrap(body: bytes, times: int) -> bytes:
    """Return a message of so many in each other around a request: groups, which have an end and no length."""
    head = _tag(_REQUEST, _LENGTH_DELIMITED) + write_varint(len(body))
    return b"".join((_tag(_INNER, _GROUP) * times, head, body, _tag(_INNER, _END_GROUP) * times))


@cache
def _unwrap(times: int) -> Callable[[Any], Any]:
    return attrgetter(".".join([*["inner"] * times, "request"]))


def _tag(number: int, wire_type: int) -> bytes:
    return bytes((number << 3 | wire_type,))
