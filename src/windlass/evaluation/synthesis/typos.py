"""Typing errors as people make them: letters left out, doubled, exchanged with their neighbour, or hit beside."""

import random
from typing import Final

SHARE: Final = 0.06
"""Of the letters; about one word in three."""

_NEIGHBOURS: Final = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl",
    "p": "ol", "a": "qsz", "s": "adwx", "d": "sfec", "f": "dgrv", "g": "fhtb", "h": "gjyn", "j": "hkum",
    "k": "jli", "l": "kop", "z": "xas", "x": "zcs", "c": "xvd", "v": "cbf", "b": "vng", "n": "bmh", "m": "nj",
}  # fmt: skip
"""On an American keyboard."""


def with_typos(text: str, seed: str, share: float = SHARE) -> str:
    """Return a text with at least one typing error, the same ones for a seed.

    Numbers stay as they are: another number is another question.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret is drawn, but what can be drawn again
    letters = list(text)
    places = [at for at, letter in enumerate(letters) if letter.isalpha()]
    if len(places) < 2:
        return text
    chosen = chance.sample(places, max(1, round(share * len(places))))
    for at in sorted(chosen, reverse=True):
        _spoil(letters, at, chance)
    return "".join(letters)


def _spoil(letters: list[str], at: int, chance: random.Random) -> None:
    letter = letters[at]
    beside = _NEIGHBOURS.get(letter.lower(), "")
    exchangeable = at + 1 < len(letters) and letters[at + 1].isalpha() and letters[at + 1] != letter
    ways = ["drop", "double", *(["exchange"] if exchangeable else []), *(["beside"] if beside else [])]
    match chance.choice(ways):
        case "drop":
            del letters[at]
        case "double":
            letters.insert(at, letter)
        case "exchange":
            letters[at], letters[at + 1] = letters[at + 1], letter
        case _:
            letters[at] = chance.choice(beside)
