"""In plain words: the cheapest that is good enough."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from windlass.evaluation.gates.checks import Check, Outcome

_MOST_NAMED: Final = 3


class Named(NamedTuple):
    """A run as a sentence names it."""

    name: str
    check: Check | None
    cost: float | None
    run: str


def frontier_sentence(
    outcome: Outcome, *, cheapest: Named, reference: Named, cheaper: Sequence[Named], cost: str
) -> str:
    """Say which run is the cheapest that is good enough, what it saves, and what is not known of those cheaper."""
    undecided = [each for each in cheaper if each.check and each.check.outcome == "not_enough_data"]
    if outcome == "pass":
        assert cheapest.check is not None
        saved = f", for {amount(cost, cheapest.cost)} an item instead of {amount(cost, reference.cost)}"
        still = f" {_open(undecided)}" if undecided else ""
        return f"Pass: {cheapest.name} is good enough: {finding(cheapest.check, reference.name)}{saved}.{still}"
    if outcome == "fail":
        worse = "; ".join(
            f"{each.name}: {finding(each.check, reference.name)}" for each in _shown(cheaper) if each.check
        )
        return f"Fail: nothing cheaper than {reference.name} is good enough{f' ({worse})' if worse else ''}."
    return f"Not enough data: {reference.name} is the cheapest that is known to be good enough. {_open(undecided)}"


def finding(check: Check, reference: str) -> str:
    """Say how a metric compares with that of a reference, of which a margin is allowed."""
    if check.difference is None:
        return f"{check.metric} has no item with a value in both runs"
    interval = "too few items for an interval"
    if check.low is not None and check.high is not None:
        interval = f"{check.confidence * 100:.4g} % interval {_signed(check.low)} to {_signed(check.high)}"
    return (
        f"{check.metric} {_number(check.candidate_mean)} against {_number(check.baseline_mean)} of {reference} "
        f"({interval}, {_number(check.margin)} allowed; {check.n} items)"
    )


def _open(undecided: Sequence[Named]) -> str:
    said = [f"{each.name}{_needed(each.check)}" for each in _shown(undecided)]
    more = len(undecided) - len(said)
    names = ", ".join(said) + (f" and {more} more" if more else "")
    verb = "is" if len(undecided) == 1 else "are"
    return f"{names} {verb} cheaper, and neither shown to be good enough nor to be worse."


def _needed(check: Check | None) -> str:
    if check is None:
        return ""
    if check.warning and check.needed_n is None and check.missing:
        return f" ({check.warning})"
    return f" (about {check.needed_n:,} items would decide)" if check.needed_n else ""


def _shown(runs: Sequence[Named]) -> Sequence[Named]:
    return runs[:_MOST_NAMED]


def amount(cost: str, value: float | None) -> str:
    """Write an amount with its unit, by the name of its metric."""
    if value is None:
        return "an unknown cost"
    if cost.endswith("_usd"):
        return f"${value:.3g}"
    return f"{value:.3g} s" if cost.endswith("_s") else f"{value:.4g} {cost.replace('_', ' ')}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def _signed(value: float) -> str:
    return f"{value:+.3g}".replace("-", "−")
