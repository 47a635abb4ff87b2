"""What the verdicts of a judge on labelled items come to: the same items give the same result, digit for digit."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel

from windlass.evaluation.calibration.agreement import Ceiling, JudgeAgreement, human_ceiling, judge_agreement
from windlass.evaluation.calibration.bias import (
    Consistency,
    NullAnswer,
    PositionBias,
    VerbosityBias,
    consistency,
    position_bias,
    verbosity_bias,
)
from windlass.evaluation.calibration.drift import Drift
from windlass.evaluation.calibration.judged import JudgedItem, JudgeVerdict, clusters_of
from windlass.evaluation.calibration.thresholds import (
    ThresholdCheck,
    Thresholds,
    check_thresholds,
    outcome_of,
)
from windlass.evaluation.calibration.wording import sentence_of
from windlass.evaluation.gates.checks import Outcome
from windlass.evaluation.reviews.questions import Level
from windlass.evaluation.reviews.report import Figure
from windlass.evaluation.statistics.bounded_rates import bounded_rate


class Scale(BaseModel):
    """How the judge's values are read beside people's."""

    level: Level = "nominal"
    """What alpha takes a difference for."""
    yes_from: float | None = None
    """From which value on a judge's score means yes, 1, and below it no, 0; null where its values are people's."""
    low: float | None = None
    high: float | None = None
    """The ends of the scale, of comparisons the high one for the judged answer; null: those that were given."""

    @property
    def ends(self) -> tuple[float, float] | None:
        return None if self.low is None or self.high is None else (self.low, self.high)


class CalibrationResult(BaseModel):
    """A judge against people, with 95 % intervals that resample clusters where items belong together."""

    outcome: Outcome
    sentence: str
    items: int
    """That people labelled and the judge was asked about."""
    unsettled: int
    """Items among them on which people are split: they tell how far people agree, and nothing of the judge."""
    coverage: Figure
    """The share of items on which the judge has a verdict."""
    missing_why: dict[str, int]
    agreement: JudgeAgreement
    people: Ceiling | None
    """How far people agree on the same items; null where each has one label."""
    position: PositionBias | None
    verbosity: VerbosityBias | None
    consistency: Consistency | None
    null_answer: NullAnswer | None
    drift: Drift | None
    checks: list[ThresholdCheck]
    warnings: list[str]


def measure(
    items: Sequence[JudgedItem],
    scale: Scale,
    thresholds: Thresholds,
    *,
    nulls: NullAnswer | None = None,
    drift: Drift | None = None,
) -> CalibrationResult:
    """Compute a calibration of what was said, and hold it against its thresholds."""
    read = [_read(item, scale) for item in items]
    coverage = _coverage(read)
    agreement, people = judge_agreement(read, scale.level), human_ceiling(read, scale.level)
    position, swayed = position_bias(read), verbosity_bias(read, scale.ends or _ends(read))
    flips = consistency(read)
    biases: dict[str, Figure | None] = {
        "position": position.first_preference if position else None,
        "verbosity": swayed.excess if swayed else None,
        "flip_rate": flips.flip_rate if flips else None,
        "null_answer": nulls.rate if nulls else None,
    }
    checks = check_thresholds(
        thresholds,
        agreement=agreement.measures,
        gaps=people.gap if people else {},
        biases={name: figure for name, figure in biases.items() if figure is not None},
        coverage=coverage,
    )
    drifted = drift is not None and drift.same_judge and drift.drifted
    outcome: Outcome = "fail" if drifted else outcome_of(checks)
    return CalibrationResult(
        outcome=outcome,
        sentence=sentence_of(outcome, checks, drift if drifted else None),
        items=len(read),
        unsettled=sum(item.reference is None for item in read),
        coverage=coverage,
        missing_why=dict(Counter(_why(item.verdict) for item in read if item.verdict.value is None).most_common()),
        agreement=agreement,
        people=people,
        position=position,
        verbosity=swayed,
        consistency=flips,
        null_answer=nulls,
        drift=drift,
        checks=checks,
        warnings=_warnings(read),
    )


def _ends(items: Sequence[JudgedItem]) -> tuple[float, float]:
    """Return the lowest and the highest value that people or the judge gave."""
    references = [item.reference for item in items if item.reference is not None]
    values = [*references, *(item.verdict.value for item in items if item.verdict.value is not None)]
    return min(values, default=0.0), max(values, default=1.0)


def _read(item: JudgedItem, scale: Scale) -> JudgedItem:
    if scale.yes_from is None:
        return item
    return item.model_copy(update={"verdicts": [_cut(each, scale.yes_from) for each in item.verdicts]})


def _cut(verdict: JudgeVerdict, yes_from: float) -> JudgeVerdict:
    if verdict.value is None:
        return verdict
    return verdict.model_copy(update={"value": float(verdict.value >= yes_from)})


def _coverage(items: Sequence[JudgedItem]) -> Figure:
    if not items:
        return Figure(value=None, low=None, high=None, n=0)
    there = np.array([item.verdict.value is not None for item in items], dtype=np.float64)
    low, high = bounded_rate(there, clusters_of(items)).interval()
    return Figure(value=float(there.mean()), low=low, high=high, n=len(items))


def _why(verdict: JudgeVerdict) -> str:
    return verdict.missing_why or "undefined"


def _warnings(items: Sequence[JudgedItem]) -> list[str]:
    human = {item.reference for item in items} - {None}
    judge = {item.verdict.value for item in items} - {None}
    found = []
    if human and judge and not human & judge:
        found.append(
            "The judge gave no value that people gave, so that they can agree on nothing: say what their labels "
            "are worth (--value), or from which score on the judge says yes (--yes-from)."
        )
    if len(human) == 1:
        found.append("People gave every item the same label, so that agreement beyond chance cannot be seen.")
    return found
