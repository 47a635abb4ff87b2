"""What a release that is a cascade binds: releases, asked one after the other until one is sure enough."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from windlass.artifacts.references import VersionReference

Measure = Literal["likeness", "token_probability"]
"""How an answer's confidence is measured, without another call of a model:

- ``likeness``: of ``local:extractive``, the cosine of what it quotes to the question;
- ``token_probability``: the geometric mean of the probabilities of the answer's tokens, of a model that is asked
  with the parameter ``logprobs: true``."""


class CascadeStep(BaseModel):
    """One release, and when its answer is not enough."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    release: VersionReference
    confidence: Measure | None = None
    escalate_below: float | None = Field(default=None, allow_inf_nan=False)
    """The next release is asked where the confidence is below, and where there is none."""
    calibration: list[tuple[float, float]] = []
    """From which confidence on which quality is to be expected, from the lowest up: what a fit saw."""

    @property
    def decides(self) -> bool:
        """Whether its answer may be passed over."""
        return self.confidence is not None and self.escalate_below is not None

    def expected(self, confidence: float) -> float | None:
        """Return the quality that an answer of this confidence is expected to have."""
        levels = [quality for least, quality in self.calibration if least <= confidence]
        return levels[-1] if levels else self.calibration[0][1] if self.calibration else None


class Cascade(BaseModel):
    """Steps from the cheapest to the one whose answer always counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: list[CascadeStep] = Field(min_length=2, max_length=8)

    @model_validator(mode="after")
    def _every_step_but_the_last_decides(self) -> "Cascade":
        *before, last = self.steps
        if not all(step.decides for step in before):
            raise ValueError("every step but the last says its `confidence` and below which it escalates")
        if last.confidence is not None or last.escalate_below is not None:
            raise ValueError("the answer of the last step always counts: it has nothing to escalate to")
        return self
