"""Calibrations in plain words."""

from collections.abc import Sequence
from typing import Final

from windlass.evaluation.calibration.drift import Drift
from windlass.evaluation.calibration.thresholds import ThresholdCheck
from windlass.evaluation.gates.checks import Outcome

_NAMES: Final = {
    "balanced_accuracy": "balanced accuracy",
    "linear_kappa": "linearly weighted kappa",
    "quadratic_kappa": "quadratically weighted kappa",
    "ac1": "AC1",
    "spearman": "Spearman's correlation",
    "position": "the preference for a position",
    "verbosity": "the excess preference for the longer answer",
    "flip_rate": "the flip rate",
    "null_answer": "the rate of wins of an empty answer",
}


def sentence_of(outcome: Outcome, checks: Sequence[ThresholdCheck], drifted: Drift | None) -> str:
    """Say in one or two sentences whether a judge may be relied on, and on what grounds."""
    if drifted is not None:
        return (
            f"Fail: the judge drifted. Of {drifted.items} anchors {drifted.raised} have a higher verdict than "
            f"before and {drifted.lowered} a lower one; on {drifted.gained} it now agrees with people and on "
            f"{drifted.lost} no longer."
        )
    decisive = [check for check in checks if check.outcome == outcome]
    found = "; ".join(_finding(check) for check in decisive)
    if outcome == "pass":
        return f"Pass: {found}." if found else "Pass: nothing was asked of the judge."
    if outcome == "fail":
        return f"Fail: {found}."
    needed = [check.needed_n for check in decisive if check.needed_n is not None]
    more = f" About {max(needed):,} items would decide." if len(needed) == len(decisive) and needed else ""
    return f"Not enough data: {found}.{more}"


def _finding(check: ThresholdCheck) -> str:
    name = _NAMES.get(check.measure, check.measure)
    figure = check.figure
    if figure.value is None:
        return f"{name} could not be measured, {_asked(check)}"
    if figure.low is None or figure.high is None:
        return f"{name} is {_number(figure.value)} without an interval, {_asked(check)}"
    interval = f"{_number(figure.low)} to {_number(figure.high)}"
    if check.kind == "ceiling":
        return f"{name} is {_number(figure.value)} from that of people ({interval}), {_asked(check)}"
    return f"{name} is {_number(figure.value)} ({interval}), {_asked(check)}"


def _asked(check: ThresholdCheck) -> str:
    if check.kind == "ceiling":
        return f"asked is no more than {_number(check.bound)} below"
    return f"asked is at {'least' if check.kind == 'minimum' else 'most'} {_number(check.bound)}"


def _number(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")
