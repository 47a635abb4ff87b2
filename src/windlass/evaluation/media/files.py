"""Pictures and clips that items and outputs name: files kept on the server, or data URLs.

A file of another address is not fetched: it may be another one tomorrow, and a server that fetches what a dataset
says can be sent anywhere.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias
from urllib.parse import parse_qs

from windlass.canonical import digest_bytes
from windlass.errors import InputError, NotFound, TooLarge

Shape: TypeAlias = Literal["picture", "clip"]

_SCHEME: Final = "windlass-media://"
_REFERENCE: Final = re.compile(rf"{_SCHEME}(sha256:[0-9a-f]{{64}})(?:\?(\S*))?")
_DATA_URL: Final = re.compile(r"data:([\w.+-]+/[\w.+-]+)?(?:;[\w.+-]+=[\w.+-]+)*;base64,", re.ASCII)
_KINDS: Final = frozenset(
    {"media", "image", "video", "image_url", "video_url", "input_image", "blob", "uri", "file", "input_file"}
)
"""Types of parts of messages that are files."""
_ADDRESSES: Final = ("uri", "url", "image_url", "video_url", "file_uri", "fileUri", "file_data")
_TYPES: Final = ("mime_type", "mimeType", "media_type", "mediaType", "contentType")
_NOTHING: Final[tuple[object, ...]] = ("", None, [], {})
_DEEPEST: Final = 6
_MB: Final = 2**20


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or a clip, by the reference to its file or as a data URL."""

    uri: str
    mime_type: str = ""

    @classmethod
    def from_bytes(cls, data: bytes, mime_type: str = "") -> "Media":
        """Make one of bytes; their type is told by how they begin where none is given."""
        kind = mime_type or mime_type_of(data) or "application/octet-stream"
        return cls(f"data:{kind};base64,{base64.b64encode(data).decode()}", kind)

    @classmethod
    def from_file(cls, path: str | Path) -> "Media":
        """Make one of a file. Raises InputError for one that cannot be read."""
        try:
            return cls.from_bytes(Path(path).read_bytes())
        except OSError as error:
            raise InputError(f"The file {str(path)!r} cannot be read: {error.strerror}.") from error

    @property
    def digest(self) -> str:
        """Of a reference, the digest of the file; else empty."""
        found = _REFERENCE.fullmatch(self.uri)
        return found[1] if found else ""

    @property
    def type(self) -> str:
        """The MIME type that it is said to be."""
        if self.mime_type:
            return self.mime_type
        if reference := _REFERENCE.fullmatch(self.uri):
            return str(parse_qs(reference[2] or "").get("type", [""])[0])
        url = _DATA_URL.match(self.uri)
        return (url[1] or "") if url else ""

    @property
    def data(self) -> bytes | None:
        """The bytes of a data URL; None for anything else. Raises InputError for base64 that is none."""
        url = _DATA_URL.match(self.uri)
        if url is None:
            return None
        try:
            return base64.b64decode(self.uri[url.end() :], validate=True)
        except binascii.Error as error:
            raise InputError(f"The data URL of a {self.type or 'file'} is no base64: {error}.") from error


def find_media(value: object) -> list[Media]:
    """Return the files that a value names: a reference, a part of a message, or a list or object of any."""
    return list(_found(value, 0))


def texts_beside_media(value: object) -> object:
    """Return a value without the files in it: what it says, in the same shape."""
    match value:
        case str():
            return "" if _is_address(value) else value
        case list():
            texts = [texts_beside_media(each) for each in value]
            return [each for each in texts if each not in _NOTHING]
        case Mapping() if _is_file(value):
            return ""
        case Mapping() if value.get("type") in {"text", "input_text"}:
            return value.get("text") or value.get("content") or ""
        case Mapping():
            said = {name: texts_beside_media(each) for name, each in value.items()}
            return {name: each for name, each in said.items() if each not in _NOTHING}
        case _:
            return value


def require_size(size: int, shape: Shape, max_mb: float) -> None:
    """Raise TooLarge for a file over a limit."""
    if size > max_mb * _MB:
        raise TooLarge(
            f"The {shape} is {size / _MB:.3g} MB, over the limit of {max_mb:g} MB: make it smaller, or raise "
            "max_mb."
        )


def shape_of(media: Media, data: bytes) -> Shape:
    """Tell a picture from a clip by how it begins. Raises InputError for what is neither, or not what it says."""
    kind, said = mime_type_of(data), media.type
    if kind.startswith("image/"):
        return "picture"
    if kind.startswith("video/"):
        return "clip"
    if said.startswith(("image/", "video/")):
        raise InputError(
            f"A file is said to be {said}, but does not begin as a picture (PNG, JPEG, GIF, WebP) or a clip (MP4, "
            "QuickTime, WebM, AVI) does."
        )
    raise InputError(
        f"A file is {said or 'of an unknown type'}: what can be judged are pictures (PNG, JPEG, GIF, WebP) and "
        "clips (MP4, QuickTime, WebM, AVI)."
    )


def mime_type_of(data: bytes) -> str:
    """Return the type that the first bytes of a picture or a clip tell; empty for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm"
    if data[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}.get(data[8:12], "")
    if data[4:8] == b"ftyp":
        return "video/quicktime" if data[8:12] == b"qt  " else "video/mp4"
    return ""


def gone(media: Media) -> NotFound:
    """Return the error that a file is not there any more."""
    return NotFound(
        f"The file {media.digest} is gone: it was deleted, or went with the trace that it came with; keep it "
        "again with `windlass media put`."
    )


def not_readable(media: Media) -> InputError:
    """Return the error that an address is neither a reference nor a data URL."""
    shown = media.uri if len(media.uri) <= 80 else f"{media.uri[:79]}…"
    return InputError(
        f"{shown!r} is not fetched: a picture or a clip is a file kept on the server (`windlass media put` prints "
        "its reference) or a data URL."
    )


def reference_to(data: bytes, mime_type: str) -> str:
    """Return the reference that a server gives to bytes that it keeps."""
    return f"{_SCHEME}{digest_bytes(data)}?type={mime_type}&size={len(data)}"


def _found(value: object, depth: int) -> Iterator[Media]:
    if depth > _DEEPEST:
        return
    match value:
        case str() if _is_address(value):
            yield Media(value)
        case list() | tuple():
            for each in value:
                yield from _found(each, depth + 1)
        case Mapping() if _is_file(value):
            yield from _of_part(value)
        case Mapping():
            for each in value.values():
                yield from _found(each, depth + 1)


def _of_part(part: Mapping[str, object]) -> Iterator[Media]:
    kind = next((said for name in _TYPES if isinstance(said := part.get(name), str)), "")
    for name in (*_ADDRESSES, "image", "video", "source"):
        match part.get(name):
            case str(address) if address:
                yield Media(address, kind)
                return
            case Mapping() as inner:
                yield from _of_part({**({"mime_type": kind} if kind else {}), **dict(inner)})
                return
    for name in ("content", "data", "b64_json"):
        if isinstance(encoded := part.get(name), str) and encoded:
            yield Media(encoded if _is_address(encoded) else f"data:{kind or 'image/png'};base64,{encoded}", kind)
            return


def _is_file(part: Mapping[str, object]) -> bool:
    kind = next((said for name in _TYPES if isinstance(said := part.get(name), str)), "")
    named = part.get("type")
    return kind.startswith(("image/", "video/")) or (isinstance(named, str) and named in _KINDS)


def _is_address(text: str) -> bool:
    return text.startswith(_SCHEME) or _DATA_URL.match(text) is not None
