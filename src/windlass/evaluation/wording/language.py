"""Which language is spoken, and texts in it.

English stands in the code where it is said; another language is a catalogue by the English text, as gettext has
it. What is stored and digested is always said in English: a language is spoken only while something is shown.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, Literal, get_args

from windlass.evaluation.wording.ko_fields import KO_FIELDS
from windlass.evaluation.wording.ko_reports import KO_REPORTS
from windlass.evaluation.wording.ko_verdicts import KO_VERDICTS

Language = Literal["en", "ko"]

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

CATALOGUES: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {},
    "ko": {**KO_VERDICTS, **KO_REPORTS, **KO_FIELDS},
}

_spoken: ContextVar[Language] = ContextVar("windlass_language", default="en")


def spoken() -> Language:
    return _spoken.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak a language within; a generator that is made within must also be used up there."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def say(text: str, /, **values: object) -> str:
    """Return a text in the language that is spoken, with its {names} filled."""
    said = CATALOGUES[_spoken.get()].get(text, text)
    return said.format(**values) if values else said


def said(*texts: str) -> tuple[str, ...]:
    """Return texts without parameters, such as the names of columns."""
    return tuple(map(say, texts))


def say_count(n: int, one: str, other: str, /, **values: object) -> str:
    """Return the form of a text that fits a count, {n}; languages without a plural may have the latter alone."""
    has_one = _spoken.get() == "en" or one in CATALOGUES[_spoken.get()]
    return say(one if n == 1 and has_one else other, n=f"{n:,}", **values)


def preferred(header: str | None) -> Language:
    """Return the language that an Accept-Language header likes best of those spoken here, else English."""
    liked = sorted(map(_weighed, (header or "").split(",")), key=lambda each: -each[0])
    return next((each for weight, name in liked if weight > 0 for each in LANGUAGES if each == name), "en")


def _weighed(entry: str) -> tuple[float, str]:
    name, _, parameter = entry.partition(";")
    key, _, weight = parameter.strip().partition("=")
    try:
        value = float(weight) if key == "q" else 1.0
    except ValueError:
        value = 0.0
    return value, name.strip().lower().partition("-")[0]
