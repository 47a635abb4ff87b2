"""The rule of a gate: what a candidate must show before it may be promoted."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from windlass.errors import InputError
from windlass.evaluation.human_labels import HumanLabels

Kind = Literal["superiority", "non_inferiority"]


class Requirement(BaseModel):
    """What one metric of the candidate must show against the baseline, on the same items."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: str = Field(min_length=1)
    kind: Kind
    margin: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """In units of the metric: how much worse is still allowed, or by how much the candidate must be better."""
    human: HumanLabels | None = Field(default=None, exclude_if=lambda value: value is None)
    """Where people labelled some of the items: a judge's metric is corrected by them, and then in their units."""

    @model_validator(mode="after")
    def _allows_something(self) -> Self:
        if self.kind == "non_inferiority" and self.margin == 0:
            raise ValueError("non_inferiority needs a margin above 0; to allow no loss at all is superiority")
        return self

    @property
    def bound(self) -> float:
        """What the whole interval of the improvement must lie above."""
        return self.margin if self.kind == "superiority" else -self.margin


class GateRule(BaseModel):
    """One primary requirement, and guardrails that must hold as well."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    primary: Requirement
    guardrails: list[Requirement] = []
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    cluster: str | None = None
    """The metadata field whose equal values make items belong together; None: every item is its own."""
    max_missing: float = Field(default=0.05, ge=0, le=1)
    """The largest share of items that may have a value on one side only; beyond it nothing passes."""

    @property
    def tail(self) -> float:
        """The level of each one-sided test."""
        return (1 - self.confidence) / 2


def parse_rule(value: object) -> GateRule:
    """Read a rule (of a request, of gate.yaml). Raises InputError that names the field."""
    try:
        return GateRule.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise InputError(f"This is no gate rule: {f'{place}: ' if place else ''}{message}.") from error
