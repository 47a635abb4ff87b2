"""Pages of a dataset version's items, all of them or those that a search means."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from pydantic import BaseModel

from windlass.evaluation.item_lines import Fields, ItemLines, fields_of_line, item_of_line
from windlass.evaluation.samples import Item

_TERM: Final = re.compile(r'"([^"]+)"?|(\S+)')
"""A phrase that is not closed yet is still being typed."""


class ItemPage(BaseModel):
    """Some items of a version, in their order."""

    items: list[Item]
    next: str | None
    matches: int | None = None
    """How many items are meant in all: on the first page, and null on those after it."""


class ItemSearch:
    """Which items are meant: of one split, and with every word that is looked for anywhere in them.

    A word is found in any case and also within others, as it must be where words are written without spaces
    (Chinese, Japanese) or grow endings (Korean); between double quotes, several words as they stand there.
    """

    def __init__(
        self, q: str = "", split: str | None = None, made: Callable[[Fields], bool] | None = None
    ) -> None:
        """``split`` may be empty: the items that are in none. ``made`` tells by what made them which are meant."""
        terms = (quoted or word for quoted, word in _TERM.findall(q))
        self._terms = [term for term in map(_normal, terms) if term.strip('" ')]
        self._split = split
        self._made = made

    def __bool__(self) -> bool:
        return bool(self._terms) or self._split is not None or self._made is not None

    def means(self, fields: Fields) -> bool:
        if self._split is not None and fields.get("split", "") != self._split:
            return False
        if self._made is not None and not self._made(fields):
            return False
        if not self._terms:
            return True
        text = _normal("\n".join(_texts({name: value for name, value in fields.items() if name != "split"})))
        return all(term in text for term in self._terms)


def page_of_items(lines: ItemLines, search: ItemSearch, *, limit: int, start: int = 0) -> ItemPage:
    """Return the next items from a line on that are meant; the cursor is the number of a line."""
    if not search:
        end = min(start + limit, len(lines))
        found = [item_of_line(line) for line in _first(lines.lines(start), end - start)]
        return ItemPage(
            items=found, next=str(end) if end < len(lines) else None, matches=len(lines) if start == 0 else None
        )
    return _searched(lines, search, limit, start)


def _searched(lines: ItemLines, search: ItemSearch, limit: int, start: int) -> ItemPage:
    items: list[Item] = []
    following: int | None = None
    matches = 0
    for number, line in enumerate(lines.lines(start), start=start):
        if not search.means(fields_of_line(line)):
            continue
        matches += 1
        if len(items) < limit:
            items.append(item_of_line(line))
        elif following is None:
            following = number
            if start > 0:
                break
    return ItemPage(
        items=items,
        next=None if following is None else str(following),
        matches=matches if start == 0 else None,
    )


def _first(lines: Iterator[bytes], count: int) -> Iterable[bytes]:
    # Not islice: it would read a line more than is wanted, and with it a megabyte.
    return (line for _, line in zip(range(max(count, 0)), lines, strict=False))


def _normal(text: str) -> str:
    """Return a text as it is compared: whole Hangul syllables however they were typed, and no case."""
    return unicodedata.normalize("NFKC", text).casefold()


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value
    elif value is not None:
        yield str(value).lower() if isinstance(value, bool) else str(value)
