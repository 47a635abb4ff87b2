"""What a gate's rule says of looking before all samples are there."""

import math
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Mode = Literal["anytime", "group"]
SequentialMethod = Literal["betting", "asymptotic"]
Boundary = Literal["obrien_fleming", "pocock"]


def _checked(ranges: dict[str, list[float]]) -> dict[str, list[float]]:
    for metric, (low, high) in ranges.items():
        if not (low < high and math.isfinite(high - low)):
            raise ValueError(f"the range of {metric} is none: its least value comes first, then the greatest")
    return ranges


Ranges = Annotated[dict[str, Annotated[list[float], Field(min_length=2, max_length=2)]], AfterValidator(_checked)]
"""Least and greatest value that a metric can have, where these are not 0 and 1."""

PLANNED_LOOKS = 5
MOST_PLANNED_LOOKS = 50


class SequentialRule(BaseModel):
    """How a gate looks at samples as they come, in an order that nobody chose."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Mode = "anytime"
    """``anytime``: whenever one likes, and however often. ``group``: at planned looks only, which costs fewer
    samples where all of them are needed in the end."""
    looks: int | None = Field(default=None, ge=1, le=1000)
    """How many looks, at even shares of the items. Left out: after every item, or five of a group."""
    boundary: Boundary = "obrien_fleming"
    """Of a group: how the level is spent over its looks."""
    ranges: Ranges = {}
    """Beside those of the rule itself. An amount (time, tokens, cost) without a range is judged by an asymptotic
    confidence sequence."""

    @model_validator(mode="after")
    def _has_few_looks(self) -> Self:
        if self.mode == "group" and self.looks is not None and self.looks > MOST_PLANNED_LOOKS:
            raise ValueError(f"a group has at most {MOST_PLANNED_LOOKS} looks; to look at any time is anytime")
        return self

    @property
    def planned_looks(self) -> int | None:
        """How many looks there are to be; None for one after every item."""
        return self.looks or (PLANNED_LOOKS if self.mode == "group" else None)
