"""Finding files in messages: data URLs, and base64 in the shapes that providers and conventions give it."""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Final

from google.protobuf.message import Message
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from windlass.telemetry.masking.detectors import compile_pattern
from windlass.telemetry.masking.plain import Plain, read_json, read_value, write_json, write_value
from windlass.telemetry.masking.walk import Found, Walk
from windlass.telemetry.media import UNKNOWN_TYPE
from windlass.telemetry.media_runs import may_hold_data

Keep = Callable[[bytes, str], str]
"""Keeps the bytes of a file of a MIME type and returns the reference to it."""

SHORTEST: Final = 128
"""Base64 shorter than this stays where it is: a reference would not be shorter."""
_MOST_FILES: Final = 256
"""Of one request; what is more stays in its message."""

_SIGNS: Final = compile_pattern(
    r'base64|blob|binary|b64_json|bytes"|\x05bytes|inline_?[dD]ata|input_audio|image_generation_call'
    r"|(?:media|mime)_?[tT]ype"
)
"""Without one of these in its bytes a request has no file."""

_DATA_URL: Final = re.compile(r"data:([\w.+-]+/[\w.+-]+)?(?:;[\w.+-]+=[\w.+-]+)*;base64,([A-Za-z0-9+/_=-]{128,})")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_MIME_FIELDS: Final = ("mime_type", "mimeType", "media_type", "mediaType")
_DATA_FIELDS: Final = frozenset({"data", "bytes", "file_data", "image", "result", "b64_json", "content"})
_FILE_TYPES: Final = frozenset({"blob", "base64", "binary", "file", "image", "audio", "video", "document"})
_FORMATS: Final = {
    **{kind: f"image/{kind}" for kind in ("png", "jpeg", "gif", "webp")},
    **{kind: f"audio/{kind}" for kind in ("wav", "flac", "aac", "ogg", "opus")},
    "jpg": "image/jpeg",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "pdf": "application/pdf",
    "pcm16": "audio/pcm",
}
_BEGINNINGS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
)


def may_hold_files(body: bytes) -> bool:
    """Tell whether a serialised request can have files in its messages."""
    return may_hold_data(body, SHORTEST) and _SIGNS.search(body) is not None


def take_out_files(message: Message, keep: Keep) -> bool:
    """Replace files in an OTLP message by references, in place; tell whether there was one."""
    taking = _TakeOut(keep)
    taking.message(message)
    return taking.count > 0


class _TakeOut(Walk):
    def __init__(self, keep: Keep) -> None:
        super().__init__(Found())
        self._keep = keep
        self.count = 0

    def visit_attribute(self, attribute: KeyValue) -> None:
        self.visit_value(attribute.value)

    def visit_value(self, value: AnyValue) -> None:
        kind = value.WhichOneof("value")
        if kind == "string_value":
            text = value.string_value
            if len(text) >= SHORTEST and (replaced := self._text(text)) is not text:
                value.string_value = replaced
        elif kind in {"array_value", "kvlist_value"} and value.ByteSize() >= SHORTEST:
            read = read_value(value)
            if (replaced_value := self._value(read.value)) is not read.value:
                value.CopyFrom(write_value(replaced_value))

    def _text(self, text: str) -> str:
        """Return a text without files; the same one when it has none."""
        if len(text) < SHORTEST:
            return text
        try:
            if read := read_json(text):
                value = self._value(read.value)
                return text if value is read.value else write_json(value, text)
        except RecursionError:
            return text
        return _DATA_URL.sub(self._replaced_url, text) if ";base64," in text else text

    def _replaced_url(self, url: re.Match[str]) -> str:
        data = _decoded(url[2])
        return url[0] if data is None else self._kept(data, url[1] or _sniffed(data) or "text/plain", url[0])

    def _value(self, value: Plain) -> Plain:
        match value:
            case str():
                return self._text(value)
            case list():
                items = [self._value(item) for item in value]
                return value if all(one is other for one, other in zip(items, value, strict=True)) else items
            case dict():
                fields = {name: self._field(value, name, item) for name, item in value.items()}
                return value if all(fields[name] is item for name, item in value.items()) else fields
            case _:
                return value

    def _field(self, fields: dict[str, Plain], name: str, value: Plain) -> Plain:
        if name in _DATA_FIELDS and (data := _data_of(value)) is not None:
            mime_type = _type_of(fields, name) or _sniffed(data)
            if mime_type is not None:
                return self._kept(data, mime_type, value)
        return self._value(value)

    def _kept(self, data: bytes, mime_type: str, otherwise: Plain) -> str:
        if self.count >= _MOST_FILES:
            return otherwise  # type: ignore[return-value]
        self.count += 1
        return self._keep(data, mime_type)


def _data_of(value: Plain) -> bytes | None:
    if isinstance(value, bytes):
        return value if len(value) >= SHORTEST else None
    return _decoded(value) if isinstance(value, str) and len(value) >= SHORTEST else None


def _decoded(text: str) -> bytes | None:
    """Return the bytes of base64 of either alphabet, padded or not; None for what is something else."""
    if not _BASE64.fullmatch(text):
        return None
    standard = text.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except binascii.Error:
        return None


def _type_of(fields: dict[str, Plain], name: str) -> str | None:
    """Return what an object says of the file in one of its fields; None when it says of no file."""
    kind, given = fields.get("type", fields.get("kind")), fields.get("format")
    is_file = kind in _FILE_TYPES if isinstance(kind, str) else False
    if name == "content" and not is_file:
        # A text can have a MIME type, too, and look like base64.
        return None
    for field in _MIME_FIELDS:
        if isinstance(said := fields.get(field), str):
            return said
    if isinstance(given, str) and given in _FORMATS:
        return _FORMATS[given]
    return UNKNOWN_TYPE if kind in {"blob", "base64", "binary"} else None


def _sniffed(data: bytes) -> str | None:
    """Return the MIME type that the first bytes of a file tell."""
    if data[:4] == b"RIFF":
        return {b"WAVE": "audio/wav", b"WEBP": "image/webp"}.get(data[8:12])
    return next((kind for beginning, kind in _BEGINNINGS if data.startswith(beginning)), None)
