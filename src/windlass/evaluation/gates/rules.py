"""The rule of a gate: what a candidate must show before it may be promoted."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from windlass.errors import InputError
from windlass.evaluation.human.labels import HumanLabels
from windlass.evaluation.sequential.rule import Ranges, SequentialRule

Kind = Literal["superiority", "non_inferiority", "at_least", "at_most"]

BOUNDS: Final = frozenset({"at_least", "at_most"})
"""Kinds that ask something of the candidate alone."""

_SAME = 1e-9

Margin = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Ratio = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def _absent(value: object) -> bool:
    return value is None


class _Compared(BaseModel):
    """What a metric of the candidate must show against the baseline's on the same items."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: str = Field(min_length=1)
    margin: Margin = 0.0
    """In units of the metric: how much worse is still allowed, or by how much the candidate must be better."""
    margin_ratio: Ratio | None = Field(default=None, exclude_if=_absent)
    """The same as a share of the baseline's mean, in place of `margin`: 0.1 are 10 %."""

    def _refuse_two_margins(self) -> None:
        if self.margin and self.margin_ratio is not None:
            raise ValueError(
                "give margin, in units of the metric, or margin_ratio, a share of the baseline; not both"
            )

    def _refuse_no_margin(self) -> None:
        if not self.margin and self.margin_ratio is None:
            raise ValueError(
                "non_inferiority needs a margin above 0 or a margin_ratio; to allow no loss at all is superiority"
            )


class Requirement(_Compared):
    """What one metric of the candidate must show: against the baseline on the same items, or a bound by itself."""

    kind: Kind
    bound: float | None = Field(default=None, allow_inf_nan=False, exclude_if=_absent)
    """Of at_least and at_most: what the candidate's own mean must keep, whatever the baseline's is."""
    percentile: float | None = Field(default=None, gt=0, lt=100, exclude_if=_absent)
    """Of a bound: that this percentile of the candidate's values must keep it, and not their mean."""
    human: HumanLabels | None = Field(default=None, exclude_if=_absent)
    """Where people labelled some of the items: a judge's metric is corrected by them, and then in their units."""

    @property
    def threshold(self) -> float:
        """What the improvement must lie above, of a margin in units of the metric."""
        return self.margin if self.kind == "superiority" else -self.margin

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.human is not None and (self.kind in BOUNDS or self.margin_ratio is not None):
            raise ValueError("human goes with a margin in units of the metric, not with a bound or a margin_ratio")
        if self.kind in BOUNDS:
            self._refuse_misfits_of_a_bound()
            return self
        if self.bound is not None:
            raise ValueError(f"bound goes with at_least and at_most; {self.kind} compares by a margin")
        if self.percentile is not None:
            raise ValueError(f"percentile goes with at_least and at_most; {self.kind} compares means")
        self._refuse_two_margins()
        if self.kind == "non_inferiority":
            self._refuse_no_margin()
        return self

    def _refuse_misfits_of_a_bound(self) -> None:
        if self.bound is None:
            raise ValueError(f"{self.kind} needs a bound, in units of the metric")
        if self.margin or self.margin_ratio is not None:
            raise ValueError(f"{self.kind} has a bound and no margin: it asks nothing of the baseline")


class SliceRule(_Compared):
    """Every value of a metadata field is a guardrail: on its items the candidate may lose at most a margin."""

    by: str = Field(min_length=1)
    """The metadata field."""
    values: list[str] | None = Field(default=None, min_length=1, exclude_if=_absent)
    """Only these of its values; left out: all that the items have."""
    min_items: int | None = Field(default=None, ge=1, exclude_if=_absent)
    """A slice of fewer paired items is told of and blocks nothing; left out: every slice must be decided."""

    @model_validator(mode="after")
    def _allows_something(self) -> Self:
        self._refuse_two_margins()
        self._refuse_no_margin()
        return self

    @property
    def requirement(self) -> Requirement:
        """Return what is asked of each slice."""
        return Requirement(
            metric=self.metric, kind="non_inferiority", margin=self.margin, margin_ratio=self.margin_ratio
        )


class GateRule(BaseModel):
    """One primary requirement, and guardrails that must hold as well."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    primary: Requirement
    guardrails: list[Requirement] = []
    slices: list[SliceRule] = Field(default=[], exclude_if=lambda value: not value)
    """Slices of the items that must not regress."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    """Of the two-sided intervals; 1 − 2·alpha."""
    alpha: float | None = Field(default=None, gt=0, lt=0.25, exclude_if=_absent)
    """The level of each one-sided test, in place of `confidence`: 0.025 is what 0.95 means."""
    cluster: str | None = None
    """The metadata field whose equal values make items belong together; None: every item is its own."""
    max_missing: float = Field(default=0.05, ge=0, le=1)
    """The largest share of items that may have a value on one side only; beyond it nothing passes."""
    sequential: SequentialRule | None = Field(default=None, exclude_if=lambda value: value is None)
    """How it looks at samples as they come; left out: once, when all are there."""
    ranges: Ranges = Field(default={}, exclude_if=lambda value: not value)
    """Least and greatest value that a metric can have, where these are not 0 and 1: what bounds its mean."""
    min_coverage: float | None = Field(default=None, gt=0, le=1, exclude_if=_absent)
    """The least share of items that must have a value, by metric and on each side; below it nothing passes."""
    calibrated_judges: Literal["require", "warn", "ignore"] = Field(
        default="warn", exclude_if=lambda value: value == "warn"
    )
    """What is asked of a judge whose metric the rule names: see docs/reference/calibration.md."""

    @model_validator(mode="before")
    @classmethod
    def _confidence_of_alpha(cls, value: object) -> object:
        if not isinstance(value, dict) or value.get("alpha") is None:
            return value
        alpha, confidence = value["alpha"], value.get("confidence")
        if not isinstance(alpha, int | float) or not 0 < alpha < 0.25:
            return value  # its own field says what is wrong with it
        if confidence is None:
            return {**value, "confidence": 1 - 2 * alpha}
        # A stored rule has both, and both say the same.
        if not isinstance(confidence, int | float) or abs(confidence - (1 - 2 * alpha)) > _SAME:
            raise ValueError(
                "give alpha, the level of each one-sided test, or confidence, of the two-sided intervals; not both"
            )
        return value

    @model_validator(mode="after")
    def _looks_at_margins_only(self) -> Self:
        """Refuse what has no test that holds whenever somebody looks."""
        asked = [self.primary, *self.guardrails]
        if self.sequential is not None and (
            self.slices
            or self.min_coverage is not None
            or any(
                each.kind in BOUNDS or each.margin_ratio is not None or each.human is not None for each in asked
            )
        ):
            raise ValueError(
                "sequential goes with margins in units of the metric; slices, min_coverage, margin_ratio, human, "
                "at_least and at_most need all samples"
            )
        return self

    @property
    def declared(self) -> dict[str, list[float]]:
        """Return the ranges that it declares, be it for looking early."""
        return {**self.ranges, **(self.sequential.ranges if self.sequential else {})}

    @property
    def tail(self) -> float:
        """The level of each one-sided test."""
        return self.alpha if self.alpha is not None else (1 - self.confidence) / 2

    @property
    def metrics(self) -> list[str]:
        """Return the metrics that it asks for, the primary one first."""
        return list(dict.fromkeys(each.metric for each in self._asked()))

    @property
    def compared_metrics(self) -> list[str]:
        """Return those of them that it compares with the baseline's."""
        asked = (each for each in self._asked() if not (isinstance(each, Requirement) and each.kind in BOUNDS))
        return list(dict.fromkeys(each.metric for each in asked))

    def _asked(self) -> Iterator[_Compared]:
        yield self.primary
        yield from self.guardrails
        yield from self.slices


def parse_rule(value: object) -> GateRule:
    """Read a rule (of a request, of gate.yaml). Raises InputError that names the field."""
    try:
        return GateRule.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise InputError(f"This is no gate rule: {f'{place}: ' if place else ''}{message}.") from error
