"""Sentences of Markdown prose: what can be quoted as an answer, and nothing else."""

import re
from collections.abc import Iterator

_FENCE = re.compile(r"\s*(```|~~~)")
_NO_PROSE = re.compile(
    r"""\s*(
        \#{1,6}\s            # a heading
      | \|                   # a table row
      | [-=*_]{3,}\s*$       # a rule, or the line under a heading
      | </?[A-Za-z!][^>]*>\s*$  # a tag on a line of its own
      | \[\d+\].*[^.!?\s]\s*$  # the title line of a numbered source
      | \[[^\]]*\]\s*$      # a title in brackets
    )""",
    re.VERBOSE,
)
_LIST_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_QUOTE = re.compile(r"^\s*>\s?")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_END = re.compile(
    r"""
    (?<=[.!?…])["'”’)\]*_`]*\s+(?=`|["'“‘(\[*_]*(?:[^\W_a-z]))
  # … before code, a capital, a digit or a script without case
  | (?<=[。！？])["'”’」』）]*\s*
    """,
    re.VERBOSE,
)
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|cf|vs|etc|al|Dr|Mr|Mrs|Ms|Prof|St|No|Fig|Eq|approx)|\b[A-Z])\.$")
_FEWEST_LETTERS = 8


def split_sentences(markdown: str) -> list[str]:
    """Return the sentences of the paragraphs and list items, in order, without headings, code and tables."""
    return [sentence for paragraph in split_paragraphs(markdown) for sentence in paragraph]


def split_paragraphs(markdown: str) -> list[list[str]]:
    """Return the paragraphs and list items that hold sentences, each as its sentences."""
    paragraphs = (
        [sentence for sentence in _sentences(paragraph) if _can_be_quoted(sentence)]
        for paragraph in _paragraphs(markdown)
    )
    return [paragraph for paragraph in paragraphs if paragraph]


def _can_be_quoted(sentence: str) -> bool:
    if sentence.isascii():
        return sum(character.isalpha() for character in sentence) >= _FEWEST_LETTERS
    return bool(sentence)


def _paragraphs(markdown: str) -> Iterator[str]:
    """Yield paragraphs and list items, each on one line."""
    lines: list[str] = []
    fence = ""
    for line in markdown.splitlines():
        opening = _FENCE.match(line)
        if fence or opening:
            fence = _fence_after(fence, opening.group(1) if opening else "")
            yield " ".join(lines)
            lines = []
            continue
        text = _QUOTE.sub("", line, count=1)
        item = _LIST_ITEM.match(text)
        if item or not text.strip() or _NO_PROSE.match(text):
            yield " ".join(lines)
            lines = []
        if text.strip() and not _NO_PROSE.match(text):
            lines.append(text[item.end() if item else 0 :].strip())
    yield " ".join(lines)


def _fence_after(fence: str, mark: str) -> str:
    """The open fence after a line with this mark: only its own kind closes one."""
    if not fence:
        return mark
    return "" if mark == fence else fence


def _sentences(paragraph: str) -> Iterator[str]:
    text = _LINK.sub(r"\1", paragraph)
    start = 0
    for end in _END.finditer(text):
        candidate = text[start : end.end()].strip()
        if _ABBREVIATION.search(candidate):
            continue
        yield candidate
        start = end.end()
    yield text[start:].strip()
