"""Reading export requests in protobuf, and telling at no cost whether any value in one may nest too deeply."""

from functools import cache
from typing import Any, Final, Generic, NamedTuple, TypeVar

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.message import DecodeError, Message

from windlass.errors import InputError
from windlass.telemetry.otlp.limits import MOST_DEPTH

M = TypeVar("M", bound=Message)

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
        wrapped: Any = _nest(kind.DESCRIPTOR).FromString(_wrap(body, wraps))
    except DecodeError:
        return Read(_read_alone(kind, body), may_be_deep=True)
    for _ in range(wraps):
        wrapped = wrapped.inner
    return Read(wrapped.request, may_be_deep=False)


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
    file = FileDescriptorProto(name=f"windlass/{name}.proto", package="windlass", syntax="proto3")
    file.dependency.append(request.file.name)
    message = DescriptorProto(name=name)
    for number, field, type_name in ((1, "inner", f"windlass.{name}"), (2, "request", request.full_name)):
        message.field.add(
            name=field,
            number=number,
            type=FieldDescriptorProto.TYPE_MESSAGE,
            label=FieldDescriptorProto.LABEL_OPTIONAL,
            type_name=f".{type_name}",
        )
    file.message_type.append(message)
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"windlass.{name}"))


def _wrap(body: bytes, times: int) -> bytes:
    pieces = [_head(2, len(body))]
    size = len(pieces[0]) + len(body)
    for _ in range(times):
        pieces.append(_head(1, size))
        size += len(pieces[-1])
    return b"".join([*reversed(pieces), body])


def _head(number: int, length: int) -> bytes:
    """Return the tag and the length of a field that holds a message."""
    head = bytearray((number << 3 | 2,))
    while length > 127:
        head.append(length & 127 | 128)
        length >>= 7
    head.append(length)
    return bytes(head)
