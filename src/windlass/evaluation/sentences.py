"""Verdicts in plain words."""

from collections.abc import Sequence

from windlass.evaluation.checks import Check, Outcome
from windlass.evaluation.corrected_differences import needed_words, people_words


def gate_sentence(
    outcome: Outcome, checks: Sequence[Check], *, items: int, more_errors: tuple[int, int] | None
) -> str:
    """Say in one or two sentences what was decided and on what grounds.

    ``more_errors`` holds the failed samples of candidate and baseline when those alone make the gate fail.
    """
    if more_errors is not None:
        candidate, baseline = more_errors
        return (
            f"Fail: the candidate fails on {candidate} of {items} items and the baseline on {baseline}, "
            "more than chance explains."
        )
    decisive = [each for each in checks if each.outcome == outcome]
    if outcome == "pass":
        return f"Pass: {_finding(checks[0])}{_guardrails(checks[1:])}."
    if outcome == "fail":
        return f"Fail: {'; '.join(_finding(each) + _beyond(each) for each in decisive)}."
    return f"Not enough data: {'; '.join(_finding(each) + _open(each) for each in decisive)}."


def _finding(check: Check) -> str:
    if check.difference is None:
        return f"{check.metric} has no item with a value in both runs"
    change = abs(check.difference)
    improved = (check.difference > 0) == check.higher_is_better
    word = "unchanged" if check.difference == 0 else f"{'better' if improved else 'worse'} by {_number(change)}"
    means = f"{_number(check.baseline_mean)} → {_number(check.candidate_mean)}"
    interval = "too few items for an interval"
    if check.low is not None and check.high is not None:
        interval = f"{_percent(check.confidence)} interval {_signed(check.low)} to {_signed(check.high)}"
    clusters = f" in {check.clusters} clusters" if check.clusters != check.n else ""
    whose = people_words(check.human, judge_only=check.judge_only)
    return f"{check.metric} is {word} ({means}; {interval}; {check.n} items{clusters}{whose})"


def _guardrails(guardrails: Sequence[Check]) -> str:
    if not guardrails:
        return ""
    names = ", ".join(each.metric for each in guardrails)
    return (
        f", and {'the guardrail' if len(guardrails) == 1 else f'all {len(guardrails)} guardrails'} held ({names})"
    )


def _beyond(check: Check) -> str:
    if check.kind == "non_inferiority":
        return f", worse than the {_number(check.margin)} allowed"
    return f", not the improvement{_by_margin(check)} that the gate asks for"


def _open(check: Check) -> str:
    if check.warning and check.needed_n is None and check.missing:
        return f", but {check.warning}"
    asked = (
        f"no worse than {_number(check.margin)}"
        if check.kind == "non_inferiority"
        else f"an improvement{_by_margin(check)}"
    )
    needed = f"; about {check.needed_n:,} items would decide" if check.needed_n else needed_words(check.human)
    return f", which neither shows nor rules out {asked}{needed}"


def _by_margin(check: Check) -> str:
    return f" of more than {_number(check.margin)}" if check.margin else ""


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def _signed(value: float) -> str:
    return f"{value:+.3g}".replace("-", "−")


def _percent(confidence: float) -> str:
    return f"{confidence * 100:.4g} %"
