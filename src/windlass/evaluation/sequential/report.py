"""What a sequential gate leaves behind of its looking."""

from pydantic import BaseModel, Field

from windlass.evaluation.sequential.rule import Mode


class Look(BaseModel):
    """What was known of a metric after so many items: differences are candidate − baseline."""

    n: int
    difference: float | None
    low: float | None
    high: float | None
    """Ends of the confidence sequence: what no look until then refused. Null before there are any."""


class SequentialCheck(BaseModel):
    """A requirement as the looks saw it."""

    metric: str
    bound: float
    """What the difference is held against, in units of the metric and of candidate − baseline."""
    higher_is_better: bool
    confidence: float
    range: list[float] | None
    """Least and greatest value that the metric can have, where that is known."""
    e_met: float | None
    """The most evidence there was until the end that it is met: at 1/α it is shown. Null of a group."""
    e_missed: float | None
    """The same, that it is not met."""
    shown_after: int | None
    """Items after which it was shown to be met, or not to be."""
    looks: list[Look]


class PlannedLook(BaseModel):
    """A look of a group, with what its test had to exceed."""

    n: int
    fraction: float
    z: float | None
    """Null where nothing of the level is given out yet."""
    level: float
    """Of the one-sided p value."""


class SequentialReport(BaseModel):
    mode: Mode
    n: int
    """Items that were looked at until it was decided, or until there were no more."""
    of: int
    """Items that there are."""
    saved: int
    """Items that were not needed."""
    decided: bool
    planned: list[PlannedLook] = Field(default=[], exclude_if=lambda value: not value)
    """Of a group: all its looks, for the primary requirement."""
    checks: list[SequentialCheck]
    """The primary one first."""
