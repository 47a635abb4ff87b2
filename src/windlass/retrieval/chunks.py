"""Cutting documents into chunks: first at headings, then to a size in tokens."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from windlass.retrieval.documents import Document

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n.*?^---[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)
_COUNTED_TEXTS = 65_536


@dataclass(frozen=True)
class Chunk:
    """A passage small enough to embed."""

    id: str
    """``DOCUMENT#NUMBER``, counted from 0 in each document."""
    document: str
    headings: tuple[str, ...]
    """The titles above the passage, outermost first."""
    text: str
    """The passage as it stands in the document, without the headings above it."""

    @property
    def section(self) -> str:
        """The title of the section the passage stands in; empty in a text without headings."""
        return self.headings[-1] if self.headings else ""

    @property
    def titled_text(self) -> str:
        """The passage below its headings: what it is about is often said only there."""
        return f"{' > '.join(self.headings)}\n\n{self.text}" if self.headings else self.text


class Section(NamedTuple):
    headings: tuple[str, ...]
    text: str


def split_document(
    document: Document,
    *,
    chunk_tokens: int,
    overlap_tokens: int,
    section_level: int,
    count_tokens: Callable[[str], int],
) -> list[Chunk]:
    """Cut a document into chunks of at most ``chunk_tokens``, none across a heading down to ``section_level``."""
    # semchunk would keep the counts of all texts for ever in a table of its own.
    count = lru_cache(_COUNTED_TEXTS)(count_tokens)
    passages = [
        (section.headings, passage)
        for section in split_sections(document.text, section_level)
        for passage in _split_text(section.text, chunk_tokens, overlap_tokens, count)
    ]
    return [
        Chunk(f"{document.name}#{number}", document.name, headings, passage)
        for number, (headings, passage) in enumerate(passages)
    ]


def split_sections(markdown: str, level: int) -> Iterator[Section]:
    """Yield the sections with text, in order. Headings deeper than ``level`` stay in the text of their section."""
    titles: list[str] = []
    lines: list[str] = []
    fence = ""
    for line in _FRONT_MATTER.sub("", markdown).splitlines():
        fence = _fence_after(fence, line)
        heading = None if fence else _HEADING.match(line)
        if heading is None or len(heading[1]) > level:
            lines.append(line)
            continue
        yield from _section(titles, lines)
        lines = []
        # A skipped level leaves a gap, so that "# A, ### B, ## C" makes C a neighbour of B.
        depth = len(heading[1])
        titles = [*titles[: depth - 1], *[""] * (depth - 1 - len(titles)), heading[2]]
    yield from _section(titles, lines)


def _section(titles: list[str], lines: list[str]) -> Iterator[Section]:
    text = "\n".join(lines).strip()
    if text:
        yield Section(tuple(title for title in titles if title), text)


def _fence_after(fence: str, line: str) -> str:
    """The code fence that is open after a line, if any. Its own kind closes it, at least as long."""
    mark = _FENCE.match(line)
    if mark is None:
        return fence
    if not fence:
        return mark[1]
    closes = mark[1].startswith(fence) and not mark[2].strip()
    return "" if closes else fence


def _split_text(text: str, size: int, overlap: int, count: Callable[[str], int]) -> list[str]:
    if count(text) <= size:
        return [text]
    # It brings tqdm along, which only those need who build.
    from semchunk.semchunk import chunk

    pieces = chunk(text, size, count, memoize=False, overlap=overlap or None)
    return [piece.strip() for piece in pieces if isinstance(piece, str) and piece.strip()]
