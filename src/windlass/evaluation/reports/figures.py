"""Figures as they are read in reports."""

from datetime import UTC, datetime
from typing import Final

from windlass.evaluation.metrics.usage import AMOUNTS
from windlass.evaluation.wording.language import say, say_count

MISSING: Final = "–"
LONGEST_TEXT: Final = 1500
"""Of an answer in a report: the whole one is in the trace."""


def is_amount(metric: str) -> bool:
    """Tell whether a metric says how much and not how good: its differences are told relative to the baseline."""
    return metric in AMOUNTS or metric.endswith(("_s", "_seconds", "_tokens", "_usd"))


def figure(metric: str, value: float | None) -> str:
    if value is None:
        return MISSING
    if metric.endswith(("_s", "_seconds")):
        return seconds(value)
    if metric.endswith("_usd"):
        return dollars(value)
    if is_amount(metric):
        return f"{value:,.1f}".removesuffix(".0")
    return f"{value:.3f}"


def difference(metric: str, value: float | None) -> str:
    """Return a difference with its sign, which is the message."""
    if value is None:
        return MISSING
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return sign + figure(metric, abs(value))


def interval(metric: str, low: float | None, high: float | None, *, signed: bool = False) -> str:
    if low is None or high is None:
        return MISSING
    show = difference if signed else figure
    return say("{low} to {high}", low=show(metric, low), high=show(metric, high))


def reach_words(metric: str, low: float | None, high: float | None, *, signed: bool = False) -> str:
    """Return what follows a mean in a sentence: its interval, where there is one."""
    if low is None or high is None:
        return ""
    return say(", 95 % interval {ends}", ends=interval(metric, low, high, signed=signed))


def share_words(value: float | None, low: float | None, high: float | None) -> str:
    """Return a share with its interval, where there is one."""
    if value is None:
        return MISSING
    if low is None or high is None:
        return percent(value)
    return f"{percent(value)} ({say('{low} to {high}', low=percent(low), high=percent(high))})"


def outcome_words(outcome: str) -> str:
    return say(outcome.replace("_", " "))


def seconds(value: float) -> str:
    if 0 < value < 0.001:
        return f"{value * 1e6:.0f} µs"
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def dollars(value: float) -> str:
    return f"${value:.2g}" if 0 < value < 0.1 else f"${value:,.2f}"


def percent(share: float, digits: int = 0) -> str:
    return say("{share} %", share=f"{share * 100:.{digits}f}")


def moment(time: datetime | None) -> str:
    return MISSING if time is None else time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def clipped(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return a text, or its beginning with how much is left out."""
    if len(text) <= longest:
        return text
    more = say_count(len(text) - longest, "{n} more character", "{n} more characters")
    return f"{text[:longest]}… ({more})"
