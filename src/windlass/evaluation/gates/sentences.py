"""Verdicts in plain words."""

from collections.abc import Sequence
from typing import Final

from windlass.evaluation.gates.checks import Check, Outcome, Shown
from windlass.evaluation.gates.rules import BOUNDS
from windlass.evaluation.human.differences import needed_words, people_words

_MOST_FAILURES: Final = 4
_MOST_OPEN: Final = 2
_MOST_NAMES: Final = 8


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
    binding = [each for each in checks if each.blocking]
    decisive = [each for each in binding if each.outcome == outcome]
    if outcome == "pass":
        return f"Pass: {_finding(binding[0])}{_guardrails(binding[1:])}{_thin(checks)}."
    if outcome == "fail":
        return f"Fail: {_joined([_finding(each) + _beyond(each) for each in decisive], _MOST_FAILURES)}."
    return f"Not enough data: {_joined([_finding(each) + _open(each) for each in decisive], _MOST_OPEN)}."


def _joined(findings: Sequence[str], most: int) -> str:
    more = len(findings) - most
    told = "; ".join(findings[:most])
    if more <= 0:
        return told
    return f"{told}; and {more} more {'check' if more == 1 else 'checks'} likewise"


def _finding(check: Check) -> str:
    return _kept(check) if check.kind in BOUNDS else _compared(check)


def _compared(check: Check) -> str:
    if check.difference is None:
        return f"{_subject(check)} has no item with a value in both runs"
    change = abs(check.difference)
    improved = (check.difference > 0) == check.higher_is_better
    word = "unchanged" if check.difference == 0 else f"{'better' if improved else 'worse'} by {_number(change)}"
    means = f"{_number(check.baseline_mean)} → {_number(check.candidate_mean)}"
    return f"{_subject(check)} is {word} ({means}; {_interval(check)}; {_items(check)})"


def _kept(check: Check) -> str:
    if check.level is None:
        return f"{_subject(check)} has no item with a value of the candidate"
    ends = _ends(check.level)
    interval = f"{_percent(check.confidence)} interval {ends}" if ends else _too_few()
    return f"{_subject(check)} is {_number(check.level.value)} ({interval}; {_items(check)})"


def _ends(level: Shown) -> str:
    """Say between what a number lies; of a percentile one end may be unknown."""
    if level.low is None:
        return "" if level.high is None else f"up to {_number(level.high)}"
    return f"from {_number(level.low)}" if level.high is None else f"{_number(level.low)} to {_number(level.high)}"


def _subject(check: Check) -> str:
    metric = (
        check.metric if check.percentile is None else f"{check.metric} at its {check.percentile:g}th percentile"
    )
    return metric if check.slice is None else f"{metric} on {check.slice.field}={check.slice.value}"


def _interval(check: Check) -> str:
    if check.ratio is not None:
        return _ratio_interval(check, check.ratio)
    if check.low is None or check.high is None:
        return _too_few()
    return f"{_percent(check.confidence)} interval {_signed(check.low)} to {_signed(check.high)}"


def _ratio_interval(check: Check, ratio: Shown) -> str:
    share = f"{_signed_percent(ratio.value - 1)} of the baseline"
    if ratio.low is None or ratio.high is None:
        return f"{share}; {_too_few()}"
    ends = f"{_signed_percent(ratio.low - 1)} to {_signed_percent(ratio.high - 1)}"
    return f"{share}; {_percent(check.confidence)} interval {ends}"


def _too_few() -> str:
    return "too few items for an interval"


def _items(check: Check) -> str:
    clusters = f" in {check.clusters} clusters" if check.clusters != check.n else ""
    return f"{check.n} items{clusters}{people_words(check.human, judge_only=check.judge_only)}"


def _guardrails(guardrails: Sequence[Check]) -> str:
    if not guardrails:
        return ""
    names = [_subject(each) for each in guardrails]
    if len(names) > _MOST_NAMES:
        names = [*names[:_MOST_NAMES], "…"]
    return (
        f", and {'the guardrail' if len(guardrails) == 1 else f'all {len(guardrails)} guardrails'} held "
        f"({', '.join(names)})"
    )


def _thin(checks: Sequence[Check]) -> str:
    thin = [each for each in checks if not each.blocking]
    if not thin:
        return ""
    slices, have = ("slice", "has") if len(thin) == 1 else ("slices", "have")
    return f"; {len(thin)} {slices} of too few items {have} no say"


def _beyond(check: Check) -> str:
    if check.kind in BOUNDS:
        return f", not {_asked(check)}"
    if check.kind == "non_inferiority":
        return f", worse than the {_margin(check)} allowed"
    return f", not the improvement{_by_margin(check)} that the gate asks for"


def _open(check: Check) -> str:
    if check.withheld and check.needed_n is None:
        return f", but {check.warning}"
    needed = needed_words(check.human)
    if check.needed_n:
        needed = f"; about {check.needed_n:,} items{_of_slice(check)} would decide"
    also = f"; and {check.warning}" if check.withheld else ""
    return f", which neither shows nor rules out {_asked(check)}{needed}{also}"


def _asked(check: Check) -> str:
    if check.kind in BOUNDS:
        return f"{check.kind.replace('_', ' ')} {_number(check.bound)}"
    if check.kind == "non_inferiority":
        return f"no worse than {_margin(check)}"
    return f"an improvement{_by_margin(check)}"


def _of_slice(check: Check) -> str:
    return " of that slice" if check.slice is not None else ""


def _by_margin(check: Check) -> str:
    return f" of more than {_margin(check)}" if check.margin or check.margin_ratio else ""


def _margin(check: Check) -> str:
    return _number(check.margin) if check.margin_ratio is None else _percent(check.margin_ratio)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def _signed(value: float) -> str:
    return f"{value:+.3g}".replace("-", "−")


def _signed_percent(share: float) -> str:
    return f"{share * 100:+.3g} %".replace("-", "−")


def _percent(confidence: float) -> str:
    return f"{confidence * 100:.4g} %"
