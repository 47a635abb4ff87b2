"""Which script a text is written in."""

import unicodedata
from collections import Counter
from typing import Final, Literal

Script = Literal["han", "kana", "hangul", "other"]

_NAMES: Final[tuple[tuple[str, Script], ...]] = (
    ("CJK UNIFIED", "han"),
    ("CJK COMPATIBILITY IDEOGRAPH", "han"),
    ("HIRAGANA", "kana"),
    ("KATAKANA", "kana"),
    ("HALFWIDTH KATAKANA", "kana"),
    ("HANGUL", "hangul"),
    ("HALFWIDTH HANGUL", "hangul"),
)


def main_script(text: str) -> Script:
    """Return the script of most letters, "other" for a text without any.

    Japanese is written in both: where there is Kana, Han counts as Kana.
    """
    counts = Counter(_script(character) for character in text if character.isalpha())
    if counts["kana"]:
        counts["kana"] += counts.pop("han", 0)
    return max(counts, key=counts.__getitem__, default="other")


def _script(character: str) -> Script:
    name = unicodedata.name(character, "")
    return next((script for start, script in _NAMES if name.startswith(start)), "other")
