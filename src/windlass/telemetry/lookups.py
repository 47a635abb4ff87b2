"""What is looked up before traces or spans are asked for, because it lies elsewhere than in them.

These are the events that say what a search looks for, and the words of the engine's index that hold a part of a
text: ``where=output~deliver`` is to read the few spans with a word like ``delivered``, and not all texts.
"""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import re
from dataclasses import replace
from typing import Final, NamedTuple

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.conditions import Condition
from windlass.telemetry.event_texts import with_events
from windlass.telemetry.filters import TraceFilters
from windlass.telemetry.summaries import integer
from windlass.telemetry.text_search import COLUMNS

_RUN: Final = re.compile("[A-Za-z0-9]{3,}")
"""Never cut by the index: where a text has these characters, one of its words has."""
_MOST_WORDS: Final = 1000
_MOST_SPANS: Final = 100_000
"""What more spans have is found sooner by reading the newest."""


def _words_with(column: str) -> str:
    return f"""
    SELECT groupUniqArray(part_name) AS parts, sumIf(cardinality, position(token, {{run:String}}) > 0) AS places,
      groupUniqArrayIf({_MOST_WORDS + 1})(token, position(token, {{run:String}}) > 0) AS words
    FROM mergeTreeTextIndex(currentDatabase(), spans, {column}_words)
    """


def look_up(warehouse: Warehouse, project: str, filters: TraceFilters | None) -> TraceFilters:
    """Return filters with what events and the index of words say of what is looked for. Raises Unavailable."""
    filters = with_events(warehouse, project, filters or TraceFilters())
    held = [_held(warehouse, condition) for condition in filters.where]
    parts = [each.parts for each in held if each is not None]
    indexed = frozenset[str]().union(*parts).intersection(*parts)
    if not indexed:
        # The words of one part say nothing of another.
        return filters
    where = (
        replace(condition, words=each.words) if each is not None else condition
        for condition, each in zip(filters.where, held, strict=True)
    )
    return replace(filters, where=tuple(where), indexed=tuple(sorted(indexed)))


class _Held(NamedTuple):
    """The words of the index that hold what a condition looks for, and the parts of the table that it is of."""

    words: tuple[str, ...]
    parts: frozenset[str]


def _held(warehouse: Warehouse, condition: Condition) -> _Held | None:
    # Another engine may be many, each with a list of its own.
    if not warehouse.embedded or condition.operator != "~" or condition.field not in COLUMNS:
        return None
    run = max(_RUN.findall(condition.value), key=len, default="")
    if not run:
        return None
    (row,) = warehouse.query(_words_with(condition.field), {"run": run.lower()})
    words, parts = _texts(row["words"]), frozenset(_texts(row["parts"]))
    if len(words) > _MOST_WORDS or integer(row["places"]) > _MOST_SPANS:
        return None
    return _Held(words, parts)


def _texts(value: object) -> tuple[str, ...]:
    assert isinstance(value, list)
    return tuple(map(str, value))
