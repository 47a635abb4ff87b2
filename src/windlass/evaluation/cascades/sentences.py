"""In plain words: what a fit of a cascade came to."""

from windlass.evaluation.cascades.thresholds import ALWAYS, NEVER
from windlass.evaluation.frontier.sentences import amount, finding
from windlass.evaluation.gates.checks import Check, Outcome


def cascade_sentence(
    outcome: Outcome,
    *,
    threshold: float,
    measure: str,
    quality: Check,
    escalated: float | None,
    cost: str,
    costs: tuple[float | None, float | None],
    names: tuple[str, str],
    needed: int | None,
) -> str:
    """Say whether there is a cascade that is good enough, at which costs: its own, and the strong release's."""
    cheap, strong = names
    held = finding(quality, strong)
    if threshold == ALWAYS and outcome == "fail":
        return (
            f"Fail: {cheap} is too bad beside {strong}: even a cascade that escalates 19 of 20 items is shown to "
            f"lose more than {quality.margin:.3g}."
        )
    if threshold == ALWAYS:
        items = f"; about {needed:,} items would decide" if needed else ""
        return (
            f"Not enough data: no threshold is shown to keep within {quality.margin:.3g} of {strong}, not even "
            f"that which escalates 19 of 20 items{items}."
        )
    price = f"{amount(cost, costs[0])} an item instead of {amount(cost, costs[1])}"
    if outcome == "pass" and threshold == NEVER:
        return f"Pass: {cheap} is good enough by itself, and needs no cascade: {held}."
    if outcome == "pass":
        share = "" if escalated is None else f" ({escalated:.0%} of the items)"
        below = f"escalating below a {measure.replace('_', ' ')} of {threshold:.3g}{share}"
        return f"Pass: {below} keeps it good enough: {held}, for {price}."
    if quality.outcome == "pass":
        return f"Fail: a cascade would be good enough ({held}) and save nothing: {price}."
    word = "Fail" if outcome == "fail" else "Not enough data"
    return f"{word}: on items that the threshold was not chosen on, {held}."


def missing_sentence(missing: int, items: int, metric: str) -> str:
    """Say that too many items have no quality for the others to speak for all."""
    of_all = f"{missing} of {items} items have no value of {metric}"
    return f"Not enough data: {of_all}, and what is left may flatter one side."
