"""Differences between two runs as reports draw them: on one axis, with what a gate asks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from windlass.evaluation.gates.checks import Check
from windlass.evaluation.reports.document import IntervalRow, Intervals, Tone
from windlass.evaluation.reports.figures import difference, interval, is_amount, percent
from windlass.evaluation.wording.language import say


class Difference(Protocol):
    """A metric of two runs; `PairedMetric` and `Check` are ones."""

    @property
    def higher_is_better(self) -> bool: ...
    @property
    def baseline_mean(self) -> float | None: ...
    @property
    def candidate_mean(self) -> float | None: ...
    @property
    def difference(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def n(self) -> int: ...


class Named(NamedTuple):
    metric: str
    found: Difference


def bounds_of(checks: Sequence[Check]) -> dict[str, float]:
    """Return what the improvement must lie above, of each metric gated on all items by a margin in its units."""
    return {
        each.metric: each.margin if each.kind == "superiority" else -each.margin
        for each in checks
        if each.bound is None and each.margin_ratio is None and each.slice is None
    }


def plots(
    differences: Sequence[Named], bounds: Mapping[str, float], confidence: float = 0.95
) -> Iterator[Intervals]:
    """Give one axis for scores, in their own units, and one for amounts, relative to the baseline."""
    scores = [each for each in differences if not is_amount(each.metric)]
    amounts = [each for each in differences if is_amount(each.metric) and each.found.baseline_mean]
    said = _said(asked=bool(bounds), confidence=percent(confidence, 0 if confidence * 100 % 1 < 1e-9 else 1))
    if scores:
        rows = [_row(each, bounds, 1.0) for each in scores]
        yield Intervals(caption=say("Scores: {said}", said=said), rows=rows, zero=True)
    if amounts:
        rows = [_row(each, bounds, 1 / abs(each.found.baseline_mean or 1.0)) for each in amounts]
        caption = say("Time, tokens and cost, relative to the baseline: {said}", said=said)
        yield Intervals(caption=caption, rows=rows, zero=True, percent=True)


def _said(*, asked: bool, confidence: str) -> str:
    if not asked:
        return say("candidate − baseline, with {confidence} intervals", confidence=confidence)
    return say(
        "candidate − baseline, with {confidence} intervals; the dashed line is what the gate asks",
        confidence=confidence,
    )


def direction(found: Difference) -> tuple[str, Tone]:
    """Say whether the whole interval is better or worse; an interval that holds 0 says neither."""
    if found.low is None or found.high is None or found.low <= 0 <= found.high:
        return say("unclear"), ""
    return (say("better"), "good") if (found.low > 0) == found.higher_is_better else (say("worse"), "bad")


def _row(named: Named, bounds: Mapping[str, float], scale: float) -> IntervalRow:
    metric, found = named
    word, tone = direction(found)
    bound = bounds.get(metric)
    limit = None if bound is None else (bound if found.higher_is_better else -bound) * scale
    reach = f" ({interval(metric, found.low, found.high, signed=True)})" if found.low is not None else ""
    return IntervalRow(
        name=metric,
        value=_scaled(found.difference, scale),
        low=_scaled(found.low, scale),
        high=_scaled(found.high, scale),
        text=f"{difference(metric, found.difference)}{reach} {word}",
        tone=tone,
        limit=limit,
        refused="left" if found.higher_is_better else "right",
    )


def _scaled(value: float | None, scale: float) -> float | None:
    return None if value is None else value * scale
