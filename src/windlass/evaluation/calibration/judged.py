"""Items that people labelled and a judge judged: all that a calibration is computed from."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import BaseModel, Field

Order = Literal["first", "second", "tie"]


class JudgeVerdict(BaseModel):
    """What the judge said of an item once."""

    value: float | None
    missing_why: str = ""
    """Where there is no value: unparsable, error, abstain …"""
    orders: list[Order] | None = None
    """Of a comparison: which answer it preferred when the judged one was shown first, and when it was second."""


class JudgedItem(BaseModel):
    """An item with what people and the judge said of it. No text of it: that stays where it was read."""

    item: str
    labels: dict[str, float]
    """What each person said."""
    reference: float | None
    """What was settled, or what most said; null where they are split."""
    verdicts: list[JudgeVerdict] = []
    """One for each time it was judged."""
    cluster: str | None = Field(default=None, exclude_if=lambda value: value is None)
    length: int = 0
    """Characters of the answer that was judged."""
    other_length: int | None = Field(default=None, exclude_if=lambda value: value is None)
    """Of a comparison: those of the other answer."""

    @property
    def verdict(self) -> JudgeVerdict:
        """What the judge said the first time: what a run would have got."""
        return self.verdicts[0] if self.verdicts else JudgeVerdict(value=None, missing_why="absent")


def most_said(labels: Iterable[float]) -> float | None:
    """Return the value that more people gave than any other; None where there is none."""
    ranked = Counter(labels).most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def clusters_of(items: Sequence[JudgedItem]) -> list[str] | None:
    """Return which items belong together; None where each is its own."""
    if all(item.cluster is None for item in items):
        return None
    return [f"item {item.item}" if item.cluster is None else f"cluster {item.cluster}" for item in items]
