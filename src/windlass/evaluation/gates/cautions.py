"""What to bear in mind of a check: as figures, which are digested, and in words, which any language may have."""

from typing import Literal

from pydantic import BaseModel, Field

from windlass.evaluation.wording.language import say

CautionKind = Literal[
    "one_side_only",
    "candidate_coverage",
    "baseline_coverage",
    "bootstrap",
    "unknown_range",
    "rests_on_items",
    "asymptotic",
]


def _absent(value: object) -> bool:
    return value is None


def _unseen(items: int) -> float:
    """Return the share of all items of which as many show none with a probability of 2.5 %."""
    return 1 - float(0.025 ** (1 / items))


class Caution(BaseModel):
    """Why a check did not pass in spite of its numbers, or why they are to be read with care."""

    kind: CautionKind
    there: int | None = Field(default=None, exclude_if=_absent)
    """Items that it is about: with a value on one side only, or with a value at all."""
    items: int | None = Field(default=None, exclude_if=_absent)
    """Those there are; of an unknown range those that would do, or that it rests on."""
    allowed: float | None = Field(default=None, exclude_if=_absent)
    """The share of the items that the rule asks for."""
    ratio: float | None = Field(default=None, exclude_if=_absent)
    """How many times as wide the bootstrap interval is."""

    @property
    def words(self) -> str:
        allowed = "" if self.allowed is None else f"{self.allowed:.0%}"
        match self.kind:
            case "one_side_only":
                return say(
                    "{missing} of {items} items have a value on one side only, more than the {allowed} allowed: "
                    "what is left may flatter one side",
                    missing=self.there,
                    items=self.items,
                    allowed=allowed,
                )
            case "candidate_coverage":
                return say(
                    "the candidate has a value on {there} of {items} items, fewer than the {allowed} that "
                    "min_coverage asks for",
                    there=self.there,
                    items=self.items,
                    allowed=allowed,
                )
            case "baseline_coverage":
                return say(
                    "the baseline has a value on {there} of {items} items, fewer than the {allowed} that "
                    "min_coverage asks for",
                    there=self.there,
                    items=self.items,
                    allowed=allowed,
                )
            case "bootstrap":
                return say(
                    "the bootstrap interval is {ratio} times as wide: the scores are skewed or few, read this "
                    "with care",
                    ratio=f"{self.ratio:.2f}",
                )
            case "unknown_range":
                return say(
                    "its range is not known, and its values are too few, or too skewed, to show what is rare and "
                    "large: declare the range under ranges, bound a percentile, or evaluate {items} items",
                    items=self.items,
                )
            case "rests_on_items":
                assert self.items is not None
                return say(
                    "its range is not known, so it rests on what these items show: what is large on fewer than "
                    "{share} of all may be on none of them; declare the range under ranges, or bound a percentile",
                    share=f"{_unseen(self.items):.1%}",
                )
            case "asymptotic":
                return say(
                    "its range is not known, so the confidence sequence is asymptotic: it holds for many items; "
                    "declare a range to have one that always holds"
                )
