"""What items are made of: passages of documents, failures with passages that say what is right, other items."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, Literal

from windlass.canonical import digest
from windlass.errors import InputError
from windlass.evaluation.samples import Item
from windlass.models.calls.estimates import input_tokens
from windlass.models.completion import Message
from windlass.retrieval.chunks import Chunk, split_document
from windlass.retrieval.documents import Document
from windlass.retrieval.index import Hit

Method = Literal["documents", "failures", "mutation"]

_PASSAGE_TOKENS: Final = 600
_SECTION_LEVEL: Final = 2


@dataclass(frozen=True)
class Material:
    """One thing that items are made of."""

    method: Method
    text: str
    """What answers a question made of it."""
    origin: Mapping[str, object]
    """Where it is, with the digest of what stood there."""
    metadata: Mapping[str, object] = field(default_factory=dict)
    """What evaluators need of an item made of it: the page and section that answer."""
    asked: str = ""
    """Of a failure: what was asked."""
    answered: str = ""
    """Of a failure: what was answered."""
    item: Item | None = None
    """Of a mutation: the item that is asked otherwise."""

    @property
    def digest(self) -> str:
        return digest({"method": self.method, "origin": self.origin})


def passages_of(documents: Sequence[Document]) -> list[Chunk]:
    """Cut documents into passages a question can be about. Raises InputError where there is no text."""
    chunks = [
        chunk
        for document in documents
        for chunk in split_document(
            document,
            chunk_tokens=_PASSAGE_TOKENS,
            overlap_tokens=0,
            section_level=_SECTION_LEVEL,
            count_tokens=_count_tokens,
        )
    ]
    if not chunks:
        raise InputError("The documents hold nothing but headings; questions need text.")
    return chunks


def of_chunks(chunks: Iterable[Chunk], index: str = "") -> Iterator[Material]:
    """Give the materials of chunks, those of an index with its name and digest."""
    for chunk in chunks:
        yield Material(
            "documents",
            chunk.titled_text,
            {
                **({"index": index} if index else {}),
                "document": chunk.document,
                "section": chunk.section,
                "chunk": chunk.id,
                "digest": digest(chunk.titled_text),
            },
            metadata=_place_of(chunk.document, chunk.section),
        )


def of_failure(trace_id: str, asked: str, answered: str, hits: Sequence[Hit], index: str) -> Material:
    """Return a trace that went wrong, with the passages in which the right answer is looked for."""
    passages = "\n\n".join(f"{' > '.join(hit.headings)}\n{hit.text}" for hit in hits)
    return Material(
        "failures",
        passages,
        {"trace_id": trace_id, "index": index, "digest": digest({"asked": asked, "answered": answered})},
        asked=asked,
        answered=answered,
    )


def of_items(items: Iterable[Item], dataset: str) -> Iterator[Material]:
    """Give the materials of items that say a question and its right answer; others are passed over."""
    for item in items:
        asked, reference = question_of(item), reference_of(item)
        if asked and reference:
            yield Material(
                "mutation",
                f"Question: {asked}\nAnswer: {reference}",
                {"dataset": dataset, "item": item.id, "digest": digest(item.model_dump(mode="json"))},
                metadata=item.metadata,
                item=item,
            )


def draw(materials: Sequence[Material], most: int, seed: int) -> list[Material]:
    """Return some materials at random: the same ones for a seed, whatever their order."""
    by_digest = {each.digest: each for each in materials}
    return [by_digest[each] for each in drawn(by_digest, most, seed)]


def drawn(names: Iterable[str], most: int, seed: int) -> list[str]:
    """Return some names at random: the same ones for a seed, whatever their order."""
    return sorted(names, key=lambda name: blake2b(f"{seed}:{name}".encode()).digest())[:most]


def question_of(item: Item) -> str:
    """Return what an item asks: its input, or its input's `question`; empty for another input."""
    asked = item.input.get("question") if isinstance(item.input, dict) else item.input
    return asked if isinstance(asked, str) else ""


def reference_of(item: Item) -> str:
    """Return the first right answer of an item; empty where it has none."""
    references = item.reference if isinstance(item.reference, list) else [item.reference]
    return str(references[0]) if references and references[0] is not None else ""


def asking(item: Item, question: str) -> object:
    """Return the input of an item with another question in its place."""
    return {**item.input, "question": question} if isinstance(item.input, dict) else question


def _place_of(document: str, section: str) -> dict[str, object]:
    return {"page": document, **({"section": section} if section else {})}


def _count_tokens(text: str) -> int:
    return input_tokens([Message("user", text)])
