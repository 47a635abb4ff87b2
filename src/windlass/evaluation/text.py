"""Words and sentences of any script, for metrics that compare texts."""

import re
import unicodedata
from functools import lru_cache

_ARTICLES = frozenset({"a", "an", "the"})
_INSIDE_NUMBER = re.compile(r"(?<=\d)[.,](?=\d)")
# A sentence ends at a line break, at Latin end marks before a space, and at East Asian ones anywhere.
_SENTENCE_END = re.compile(r"\n+|(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？｡])")
_SCRIPTS_WITHOUT_SPACES = ("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "HIRAGANA", "KATAKANA", "HANGUL")


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[str, ...]:
    """Split a text into comparable words.

    Unicode compatibility forms and case are folded, apostrophes dropped, other punctuation and symbols
    separate, numbers keep their point ("0.5" is one word). Each Chinese or Japanese character and each Hangul
    syllable is a word of its own, as in KorQuAD and CMRC: there, spaces do not tell words apart reliably.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return tuple(_INSIDE_NUMBER.sub("", folded).translate(_SEPARATED).split())


def answer_words(text: str) -> tuple[str, ...]:
    """Return the words without English articles, as SQuAD's evaluation does."""
    return tuple(word for word in words(text) if word not in _ARTICLES)


def sentences(text: str) -> list[str]:
    """Split a text into sentences, without list marks; pieces that hold no word are left out."""
    pieces = (piece.strip().lstrip("-*•> \t") for piece in _SENTENCE_END.split(text))
    return [piece for piece in pieces if words(piece)]


class _Separation(dict[int, str]):
    """A translation table that fills itself: what becomes of each character when words are split."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character in "'’ʼ":
            kept = ""
        elif unicodedata.category(character)[0] not in "LNM":
            kept = " "
        elif unicodedata.name(character, "").startswith(_SCRIPTS_WITHOUT_SPACES):
            kept = f" {character} "
        else:
            kept = character
        self[code] = kept
        return kept


_SEPARATED = _Separation()
