"""Indexes: documents cut into chunks, with their vectors, in one file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from windlass.canonical import digest
from windlass.errors import InputError
from windlass.models.embeddings import MINILM, Embedder
from windlass.models.minilm import Floats
from windlass.retrieval.chunks import Chunk, split_document
from windlass.retrieval.documents import Document, check_documents
from windlass.retrieval.file import IndexFile, read_index_file, write_index_file
from windlass.retrieval.search import FusionWeights, Ranked, TextSearch, fuse, search_vectors

SearchMode = Literal["hybrid", "vector", "text"]
Progress = Callable[[int, int], None]
"""Called with how many chunks are done and how many there are."""

_EMBEDDED_AT_ONCE = 64
_FUSED_AT_LEAST = 50
"""How deep the two lists go that are fused: what is deeper adds less than 1/110 to a score."""


class IndexSettings(BaseModel):
    """How documents become an index. Equal settings and documents make an equal index."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    chunk_tokens: int = Field(default=200, ge=8, le=8192)
    """The longest chunk, in tokens of the embedding model, without its headings."""
    overlap_tokens: int = Field(default=0, ge=0)
    """How much of a chunk is repeated at the start of the next one of the same section."""
    include_headings: bool = True
    """Whether a chunk is found by the titles above it, too."""
    section_level: int = Field(default=2, ge=0, le=6)
    """Headings down to this level start a new section; 0 cuts by size alone."""
    embedder: str = MINILM

    @model_validator(mode="after")
    def _overlap_is_part_of_a_chunk(self) -> "IndexSettings":
        if self.overlap_tokens * 2 > self.chunk_tokens:
            raise ValueError("overlap_tokens may be at most half of chunk_tokens")
        return self


@dataclass(frozen=True)
class Hit:
    """A chunk that was found."""

    chunk_id: str
    document: str
    section: str
    """The title of the section; empty in a text without headings."""
    text: str
    score: float
    """BM25, cosine or fused reciprocal ranks, by the mode: comparable within one search only."""
    rank: int
    """From 1."""
    headings: tuple[str, ...] = ()
    """All titles above the chunk, outermost first."""


def source_digest(documents: Sequence[Document], settings: IndexSettings) -> str:
    """Return the digest of what an index is built from, whatever the order of the documents."""
    return digest(
        {
            "documents": [document.digest for document in sorted(documents, key=lambda document: document.name)],
            "settings": settings.model_dump(mode="json"),
        }
    )


def build_index(
    documents: Sequence[Document],
    settings: IndexSettings,
    embedder: Embedder,
    progress: Progress | None = None,
) -> bytes:
    """Build an index and return its file.

    The bytes follow from the documents (in any order), the settings and the embedder's vectors. Raises InputError
    when there is nothing to index or the embedder is not the one of the settings.
    """
    check_documents(documents)
    if settings.embedder != embedder.name:
        raise InputError(f"The index wants the embedder {settings.embedder!r}, but {embedder.name!r} was given.")
    chunks = [
        chunk
        for document in sorted(documents, key=lambda document: document.name)
        for chunk in split_document(
            document,
            chunk_tokens=settings.chunk_tokens,
            overlap_tokens=settings.overlap_tokens,
            section_level=settings.section_level,
            count_tokens=embedder.count_tokens,
        )
    ]
    if not chunks:
        raise InputError("The documents hold nothing but headings; an index needs text.")
    vectors = _embed(_indexed_texts(chunks, settings), embedder, progress)
    return write_index_file(
        IndexFile(
            settings=settings.model_dump(mode="json"),
            source=source_digest(documents, settings),
            chunks=chunks,
            vectors=vectors,
        )
    )


class Index:
    """An index that can be searched, by any number of threads."""

    def __init__(self, file: IndexFile, settings: IndexSettings, embedder: Embedder) -> None:
        self.settings = settings
        self.source = file.source
        """The digest of the documents and settings it was built from."""
        self.chunks = tuple(file.chunks)
        self._vectors = file.vectors
        self._embedder = embedder
        self._text = TextSearch(_indexed_texts(self.chunks, settings))

    @property
    def chunk_count(self) -> int:
        return len(self.chunks)

    @classmethod
    def load(cls, data: bytes, embedder: Embedder) -> "Index":
        """Open the file that ``build_index`` made.

        Raises InputError when it is damaged, of a newer version, or made with another embedder.
        """
        file = read_index_file(data)
        try:
            settings = IndexSettings.model_validate(file.settings)
        except ValueError as error:
            raise InputError(
                "The index file has settings that are not known here; build the index again."
            ) from error
        if settings.embedder != embedder.name or file.vectors.shape[1] != embedder.dimensions:
            raise InputError(
                f"The index was built with the embedder {settings.embedder!r} and cannot be searched with "
                f"{embedder.name!r}; build it again."
            )
        return cls(file, settings, embedder)

    def search(
        self,
        query: str,
        *,
        k: int,
        mode: SearchMode = "hybrid",
        weights: FusionWeights | None = None,
    ) -> list[Hit]:
        """Return the k chunks that match a query best, best first; fewer when fewer match.

        ``weights`` count in the mode ``hybrid`` only. Raises InputError for an empty query or k below 1.
        """
        if not query.strip():
            raise InputError("The query is empty; write what to look for.")
        if k < 1:
            raise InputError(f"A search for {k} chunks finds nothing; ask for at least 1.")
        match mode:
            case "text":
                ranked = self._text.search(query, k)
            case "vector":
                ranked = self._nearest(query, k)
            case "hybrid":
                depth = max(_FUSED_AT_LEAST, k)
                lists = self._text.search(query, depth), self._nearest(query, depth)
                ranked = fuse(*lists, weights or FusionWeights(), k)
        return [self._hit(place, rank) for rank, place in enumerate(ranked, start=1)]

    def _nearest(self, query: str, limit: int) -> list[Ranked]:
        return search_vectors(self._vectors, self._embedder.embed([query])[0], limit)

    def _hit(self, place: Ranked, rank: int) -> Hit:
        chunk = self.chunks[place.position]
        return Hit(chunk.id, chunk.document, chunk.section, chunk.text, place.score, rank, chunk.headings)


def _indexed_texts(chunks: Sequence[Chunk], settings: IndexSettings) -> list[str]:
    return [chunk.titled_text if settings.include_headings else chunk.text for chunk in chunks]


def _embed(texts: Sequence[str], embedder: Embedder, progress: Progress | None) -> Floats:
    """Embed part by part, so that progress can be told."""
    parts: list[Floats] = []
    for start in range(0, len(texts), _EMBEDDED_AT_ONCE):
        parts.append(embedder.embed(texts[start : start + _EMBEDDED_AT_ONCE]))
        if progress:
            progress(min(start + _EMBEDDED_AT_ONCE, len(texts)), len(texts))
    return np.concatenate(parts)
