"""Full text in the names, inputs and outputs of spans.

A text is found by whole words, all of them, in any order and case; Korean, Japanese and Chinese by any run of
characters; and exactly, as a phrase, between double quotes. Words are looked up in the engine's text index; what
is looked for exactly is then searched in the few spans that have its words.
"""

import re
from collections.abc import Sequence
from typing import Final

COLUMNS: Final = ("output", "input", "name")
"""Those with an index of words, each named after its column: see schema.py."""
_OF_EVENTS: Final = ("said",)

_PHRASE: Final = re.compile(r'"([^"]+)"')
_CJK: Final = (
    "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9d"
    "\U00020000-\U0003ffff"
)
_RUN: Final = re.compile(f"[{_CJK}]{{2,}}")
_TRACE_ID: Final = re.compile("[0-9A-Fa-f]{32}")


_ASCII_WORD: Final = re.compile("[A-Za-z0-9]+")

NEW: Final = "match(_part, '_0(_[0-9]+)?$')"
"""Whether a span is in a part that was not merged yet, and so has no index."""


def text_condition(query: str, *, new: bool = False) -> tuple[str, dict[str, object]]:
    """Return the condition on a span in SQL, and its parameters; for spans that are ``NEW`` one of less work."""
    if is_trace_id(query):
        return "trace_id = toFixedString(unhex({q:String}), 16)", {"q": query.strip()}
    return _condition(query, COLUMNS, new=new)


def event_condition(query: str) -> tuple[str, dict[str, object]]:
    """Return the condition on an event that came as a log record, and its parameters."""
    return _condition(query, _OF_EVENTS)


def is_trace_id(query: str) -> bool:
    return _TRACE_ID.fullmatch(query.strip()) is not None


def _condition(query: str, columns: Sequence[str], *, new: bool = False) -> tuple[str, dict[str, object]]:
    words = query.replace('"', " ")
    if not re.search(r"\w", words):
        # Nothing that the index knows.
        return _anywhere("q", columns), {"q": query.strip()}
    parameters: dict[str, object] = {"q": words}
    test = "hasAllTokens({column}, {{q:String}})"
    if new and (ascii_words := _ASCII_WORD.findall(words)):
        # Cutting a text into words takes five times as long as looking for one of them. What is no column has no
        # index to say how.
        text = "if(positionCaseInsensitiveUTF8({column}, {{q_word:String}}) > 0, {column}, '')"
        test = f"hasAllTokens(lowerUTF8({text}), lowerUTF8({{{{q:String}}}}), 'asciiCJK')"
        parameters["q_word"] = max(ascii_words, key=len)
    conditions = [_of_any(test, columns)]
    exactly = [*_PHRASE.findall(query), *_RUN.findall(_PHRASE.sub(" ", query))]
    for number, text in enumerate(exactly):
        conditions.append(_anywhere(f"exactly{number}", columns))
        parameters[f"exactly{number}"] = text
    return f"({' AND '.join(conditions)})", parameters


def _anywhere(name: str, columns: Sequence[str]) -> str:
    return _of_any(f"positionCaseInsensitiveUTF8({{column}}, {{{{{name}:String}}}}) > 0", columns)


def _of_any(test: str, columns: Sequence[str]) -> str:
    return "(" + " OR ".join(test.format(column=column) for column in columns) + ")"
