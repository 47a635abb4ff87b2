"""What a verdict rests on, and the verdict."""

from datetime import datetime

from pydantic import BaseModel, Field

from windlass.evaluation.calibration.gating import JudgeOfMetric
from windlass.evaluation.gates.checks import Check, Outcome
from windlass.evaluation.gates.deciding import Pairs
from windlass.evaluation.gates.regressions import Regression
from windlass.evaluation.gates.rules import GateRule
from windlass.evaluation.gates.slices import SliceDifference
from windlass.evaluation.runs import VersionName
from windlass.evaluation.sequential.report import SequentialReport


class GatedRelease(VersionName):
    """A release as a verdict names it, with the run that speaks for it."""

    run: str
    scores: str
    """Digest of the run's scores by item: the verdict stands on exactly these."""


def _empty(value: object) -> bool:
    return not value


class Evidence(BaseModel):
    """All that a verdict rests on; its digest names it. Holds no time, so that equal grounds have one verdict."""

    outcome: Outcome
    sentence: str
    candidate: GatedRelease
    baseline: GatedRelease
    dataset: VersionName
    rule: GateRule
    checks: list[Check]
    pairs: Pairs
    sequential: SequentialReport | None = Field(default=None, exclude_if=lambda value: value is None)
    """Of a rule that looks as samples come: what the looks saw."""
    slices: list[SliceDifference] = Field(default=[], exclude_if=_empty)
    """What changed on slices of the items: exploratory."""
    worst: list[Regression] = Field(default=[], exclude_if=_empty)
    """The items that lost most."""
    evaluators: list[str]
    unapproved: int = 0
    """Synthetic items that were left out, for nobody approved them."""
    judges: list[JudgeOfMetric] = Field(default=[], exclude_if=lambda value: not value)
    """The judges among the evaluators of the rule, and the calibration that speaks for each."""
    seed: int
    windlass: str
    """The version that computed it."""


class Verdict(Evidence):
    id: str
    digest: str
    created: datetime
    by: str
    signed_by: list[str] = Field(default=[], exclude_if=_empty)
    """Ids of the keys that vouch for it; lists leave them out."""
