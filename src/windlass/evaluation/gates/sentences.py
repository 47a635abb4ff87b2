"""Verdicts in plain words, of the language that is spoken: from the checks alone, which are digested."""

from collections.abc import Sequence
from typing import Final

from windlass.evaluation.gates.checks import Check, Outcome, Shown
from windlass.evaluation.gates.rules import BOUNDS
from windlass.evaluation.human.differences import with_needed_words, with_people_words
from windlass.evaluation.wording.language import say, say_count

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
        return say(
            "Fail: the candidate fails on {candidate} of {items} items and the baseline on {baseline}, more than "
            "chance explains.",
            candidate=candidate,
            items=items,
            baseline=baseline,
        )
    if outcome == "pass":
        return say("Pass: {found}.", found=passed_words(checks))
    decisive = [each for each in checks if each.blocking and each.outcome == outcome]
    if outcome == "fail":
        return say("Fail: {found}.", found=_joined([_failed(each) for each in decisive], _MOST_FAILURES))
    return say("Not enough data: {found}.", found=_joined([_open(each) for each in decisive], _MOST_OPEN))


def passed_words(checks: Sequence[Check]) -> str:
    """Say what was found where all that has a say passed."""
    binding = [each for each in checks if each.blocking]
    thin = len(checks) - len(binding)
    found = _with_guardrails(_finding(binding[0]), binding[1:])
    if not thin:
        return found
    return say_count(
        thin,
        "{found}; {n} slice of too few items has no say",
        "{found}; {n} slices of too few items have no say",
        found=found,
    )


def _joined(findings: Sequence[str], most: int) -> str:
    more = len(findings) - most
    told = "; ".join(findings[:most])
    if more <= 0:
        return told
    return say_count(
        more, "{told}; and {n} more check likewise", "{told}; and {n} more checks likewise", told=told
    )


def _with_guardrails(found: str, guardrails: Sequence[Check]) -> str:
    if not guardrails:
        return found
    names = [_subject(each) for each in guardrails]
    if len(names) > _MOST_NAMES:
        names = [*names[:_MOST_NAMES], "…"]
    return say_count(
        len(guardrails),
        "{found}, and the guardrail held ({names})",
        "{found}, and all {n} guardrails held ({names})",
        found=found,
        names=", ".join(names),
    )


def _failed(check: Check) -> str:
    found = _finding(check)
    if check.kind in BOUNDS:
        return say("{found}, not {asked}", found=found, asked=_asked(check))
    if check.kind == "non_inferiority":
        return say("{found}, worse than the {margin} allowed", found=found, margin=_margin(check))
    if not _has_margin(check):
        return say("{found}, not the improvement that the gate asks for", found=found)
    return say(
        "{found}, not the improvement of more than {margin} that the gate asks for",
        found=found,
        margin=_margin(check),
    )


def _open(check: Check) -> str:
    found = _finding(check)
    if check.withheld and check.needed_n is None:
        return say("{found}, but {warning}", found=found, warning=warning_words(check))
    told = say("{found}, which neither shows nor rules out {asked}", found=found, asked=_asked(check))
    told = _with_needed_items(told, check) if check.needed_n else with_needed_words(told, check.human)
    return say("{found}; and {warning}", found=told, warning=warning_words(check)) if check.withheld else told


def warning_words(check: Check) -> str:
    """Return the warning of a check; one given before warnings had figures stands as it was said then."""
    return check.caution.words if check.caution is not None else check.warning or ""


def _with_needed_items(found: str, check: Check) -> str:
    if check.slice is None:
        return say("{found}; about {n} items would decide", found=found, n=f"{check.needed_n:,}")
    return say("{found}; about {n} items of that slice would decide", found=found, n=f"{check.needed_n:,}")


def _finding(check: Check) -> str:
    return _kept(check) if check.kind in BOUNDS else _compared(check)


def _compared(check: Check) -> str:
    if check.difference is None:
        return say("{subject} has no item with a value in both runs", subject=_subject(check))
    figures = {
        "subject": _subject(check),
        "means": f"{_number(check.baseline_mean)} → {_number(check.candidate_mean)}",
        "interval": _interval(check),
        "items": _items(check),
    }
    if check.difference == 0:
        return say("{subject} is unchanged ({means}; {interval}; {items})", **figures)
    change = _number(abs(check.difference))
    if (check.difference > 0) == check.higher_is_better:
        return say("{subject} is better by {change} ({means}; {interval}; {items})", change=change, **figures)
    return say("{subject} is worse by {change} ({means}; {interval}; {items})", change=change, **figures)


def _kept(check: Check) -> str:
    if check.level is None:
        return say("{subject} has no item with a value of the candidate", subject=_subject(check))
    return say(
        "{subject} is {value} ({interval}; {items})",
        subject=_subject(check),
        value=_number(check.level.value),
        interval=_between(check, _ends(check.level)),
        items=_items(check),
    )


def _ends(level: Shown) -> str:
    """Say between what a number lies; of a percentile one end may be unknown."""
    if level.low is None:
        return "" if level.high is None else say("up to {high}", high=_number(level.high))
    if level.high is None:
        return say("from {low}", low=_number(level.low))
    return say("{low} to {high}", low=_number(level.low), high=_number(level.high))


def _subject(check: Check) -> str:
    metric = check.metric
    if check.percentile is not None:
        metric = say(
            "{metric} at its {percentile}th percentile", metric=metric, percentile=f"{check.percentile:g}"
        )
    if check.slice is None:
        return metric
    return say("{metric} on {slice}", metric=metric, slice=f"{check.slice.field}={check.slice.value}")


def _interval(check: Check) -> str:
    if check.ratio is not None:
        return _ratio_interval(check, check.ratio)
    if check.low is None or check.high is None:
        return _between(check, "")
    return _between(check, say("{low} to {high}", low=_signed(check.low), high=_signed(check.high)))


def _ratio_interval(check: Check, ratio: Shown) -> str:
    share = say("{change} of the baseline", change=_signed_percent(ratio.value - 1))
    if ratio.low is None or ratio.high is None:
        return f"{share}; {_between(check, '')}"
    ends = say("{low} to {high}", low=_signed_percent(ratio.low - 1), high=_signed_percent(ratio.high - 1))
    return f"{share}; {_between(check, ends)}"


def _between(check: Check, ends: str) -> str:
    if not ends:
        return say("too few items for an interval")
    return say("{confidence} interval {ends}", confidence=_percent(check.confidence), ends=ends)


def _items(check: Check) -> str:
    if check.clusters == check.n:
        told = say_count(check.n, "{n} item", "{n} items")
    else:
        told = say_count(
            check.n, "{n} item in {clusters} clusters", "{n} items in {clusters} clusters", clusters=check.clusters
        )
    return with_people_words(told, check.human, judge_only=check.judge_only)


def _asked(check: Check) -> str:
    if check.kind == "at_least":
        return say("at least {bound}", bound=_number(check.bound))
    if check.kind == "at_most":
        return say("at most {bound}", bound=_number(check.bound))
    if check.kind == "non_inferiority":
        return say("no worse than {margin}", margin=_margin(check))
    if not _has_margin(check):
        return say("an improvement")
    return say("an improvement of more than {margin}", margin=_margin(check))


def _has_margin(check: Check) -> bool:
    return bool(check.margin or check.margin_ratio)


def _margin(check: Check) -> str:
    return _number(check.margin) if check.margin_ratio is None else _percent(check.margin_ratio)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def _signed(value: float) -> str:
    return f"{value:+.3g}".replace("-", "−")


def _signed_percent(share: float) -> str:
    return say("{share} %", share=f"{share * 100:+.3g}".replace("-", "−"))


def _percent(share: float) -> str:
    return say("{share} %", share=f"{share * 100:.4g}")
