"""The file of an index: a line that says what it is, a JSON header, the chunks as JSON lines, the vectors as .npy.

    windlass-index 1 sha256:…\\n                               the version, the digest of all that follows
    {"chunk_bytes": …, "settings": {…}, "source": "sha256:…"}\\n
    {"document": …, "headings": […], "id": …, "text": …}\\n      one line a chunk
    .npy, float32, (chunks, dimensions)

Equal content makes equal bytes, so that a version of an index is known by the digest of its file.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from windlass.canonical import canonical_json, digest_bytes
from windlass.errors import InputError
from windlass.models.minilm import Floats
from windlass.retrieval.chunks import Chunk

_MAGIC = b"windlass-index"
_VERSION = 1


@dataclass(frozen=True)
class IndexFile:
    """What an index file holds."""

    settings: dict[str, object]
    source: str
    chunks: Sequence[Chunk]
    vectors: Floats
    """(chunks, dimensions)."""


class _Header(BaseModel):
    model_config = ConfigDict(extra="forbid")

    settings: dict[str, object]
    source: str
    chunk_bytes: int = Field(ge=0)


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    document: str
    headings: tuple[str, ...]
    text: str


def write_index_file(file: IndexFile) -> bytes:
    """Return the bytes of an index file."""
    chunks = b"".join(
        canonical_json(
            {"id": chunk.id, "document": chunk.document, "headings": list(chunk.headings), "text": chunk.text}
        )
        + b"\n"
        for chunk in file.chunks
    )
    buffer = io.BytesIO()
    # Little-endian and row by row on every machine, or equal vectors would make different files.
    np.save(buffer, np.ascontiguousarray(file.vectors, dtype="<f4"), allow_pickle=False)
    vectors = buffer.getvalue()
    header = canonical_json({"settings": file.settings, "source": file.source, "chunk_bytes": len(chunks)})
    body = b"".join([header, b"\n", chunks, vectors])
    return b"".join([_MAGIC, f" {_VERSION} {digest_bytes(body)}\n".encode(), body])


def read_index_file(data: bytes) -> IndexFile:
    """Read an index file. Raises InputError when it is none, damaged, or of another version."""
    first, _, body = data.partition(b"\n")
    match first.split(b" "):
        case [word, version, digest] if word == _MAGIC and version.isdigit():
            pass
        case _:
            raise InputError("This is not an index file; build the index again.")
    if int(version) != _VERSION:
        raise InputError(
            f"The index file has the version {int(version)} and this windlass reads {_VERSION}; "
            "build the index again or upgrade windlass."
        )
    if digest_bytes(body).encode() != digest:
        raise InputError("The index file is damaged; build the index again or restore it from a backup.")
    head, _, rest = body.partition(b"\n")
    try:
        header = _Header.model_validate_json(head)
        chunks = [_chunk(line) for line in rest[: header.chunk_bytes].splitlines()]
        vectors = np.load(io.BytesIO(rest[header.chunk_bytes :]), allow_pickle=False)
    except (ValidationError, ValueError, EOFError) as error:
        raise InputError("The index file holds something else than an index; build the index again.") from error
    if vectors.dtype != np.float32 or vectors.ndim != 2 or len(vectors) != len(chunks):
        raise InputError("The vectors of the index file do not fit its chunks; build the index again.")
    return IndexFile(header.settings, header.source, chunks, vectors)


def _chunk(line: bytes) -> Chunk:
    read = _Line.model_validate(json.loads(line))
    return Chunk(read.id, read.document, read.headings, read.text)
