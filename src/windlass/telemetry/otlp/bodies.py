"""Bodies of OTLP requests: their content type, and inflating them without ever making more than the limit."""

import sys
import zlib
from collections.abc import Callable, Generator
from typing import Final, NamedTuple

from google.protobuf.message import Message

from windlass.errors import InputError, TooLarge, UnsupportedMedia

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PROTOBUF_TYPES: Final = frozenset({"application/x-protobuf", "application/protobuf"})
JSON_TYPE: Final = "application/json"

_STEP: Final = 1 << 20
_MOST_MEMBERS: Final = 64
"""What follows a member is copied for the next: a body of nothing but empty ones would never end."""
_ZSTD_OPTIONS: Final[dict[int, int]] = {zstd.DecompressionParameter.window_log_max: 23}
"""8 MiB, which is what RFC 9659 allows a content encoding: a frame could ask for 2 GiB."""


Clean = Callable[[Message, bytes], object]
"""Takes out of a parsed message, and the bytes that it came from, what must not be stored."""


class Body(NamedTuple):
    """An export request as its client wrote it, before it was compressed."""

    data: bytes
    is_json: bool


def is_json(content_type: str) -> bool:
    return _media_type(content_type) == JSON_TYPE


def read_body(body: bytes, *, content_type: str, content_encoding: str, limit_bytes: int) -> Body:
    """Return what a body holds.

    Raises UnsupportedMedia for another content type or encoding, TooLarge when it is over the limit before or
    after inflating (never inflating further than that), InputError when it cannot be inflated.
    """
    media_type = _media_type(content_type)
    if media_type not in PROTOBUF_TYPES and media_type != JSON_TYPE:
        raise UnsupportedMedia(
            f"The content type {content_type!r} is not read here; send application/x-protobuf or application/json."
        )
    data = inflate(body, content_encoding.strip().lower(), limit_bytes)
    return Body(data, media_type == JSON_TYPE)


def inflate(body: bytes, encoding: str, limit: int) -> bytes:
    """Return a body without its content encoding; raises what ``read_body`` says of encodings and sizes."""
    if encoding not in {"", "identity", *_ENCODINGS}:
        raise UnsupportedMedia(
            f"The content encoding {encoding!r} is not read here; send gzip, zstd, deflate or identity."
        )
    if len(body) > limit:
        raise TooLarge(f"The body has {len(body)} bytes and the limit is {limit}; export smaller batches.")
    return _join_members(body, encoding, limit) if encoding in _ENCODINGS else body


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


_Member = Generator[bytes, None, bytes]
"""Gives the pieces of one member, and returns what follows it."""


def _join_members(body: bytes, encoding: str, limit: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    rest = body
    for _ in range(_MOST_MEMBERS):
        if not rest:
            return b"".join(pieces)
        member = _ENCODINGS[encoding](rest)
        try:
            while True:
                pieces.append(next(member))
                size += len(pieces[-1])
                if size > limit:
                    raise TooLarge(
                        f"The body inflates to more than the limit of {limit} bytes; export smaller batches."
                    )
        except StopIteration as end:
            rest = end.value
        except (zlib.error, zstd.ZstdError) as error:
            raise InputError(
                f"The body is not the {encoding} that its content encoding says: {str(error).rstrip('.')}."
            ) from error
    if rest:
        raise InputError(f"The body has more than {_MOST_MEMBERS} {encoding} members; compress it as one.")
    return b"".join(pieces)


def _gzip_member(data: bytes) -> _Member:
    return _zlib_member(data, zlib.MAX_WBITS | 16, "gzip")


def _deflate_member(data: bytes) -> _Member:
    return _zlib_member(data, zlib.MAX_WBITS, "deflate")


def _zlib_member(data: bytes, wbits: int, encoding: str) -> _Member:
    inflater = zlib.decompressobj(wbits=wbits)
    while not inflater.eof:
        piece = inflater.decompress(data, _STEP)
        data = inflater.unconsumed_tail
        if not piece and not data and not inflater.eof:
            raise _cut_off(encoding)
        yield piece
    return inflater.unused_data


def _zstd_member(data: bytes) -> _Member:
    inflater = zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)
    while not inflater.eof:
        piece = inflater.decompress(data, max_length=_STEP)
        data = b""
        if not piece and inflater.needs_input and not inflater.eof:
            raise _cut_off("zstd")
        yield piece
    return inflater.unused_data


def _cut_off(encoding: str) -> InputError:
    return InputError(f"The {encoding} body ends too early: it was cut off on its way; send it again.")


_ENCODINGS: Final[dict[str, Callable[[bytes], _Member]]] = {
    "gzip": _gzip_member,
    "deflate": _deflate_member,
    "zstd": _zstd_member,
}
