"""Which runs are dominated: another is better and costs no more, or is as good and costs less.

As seen, by the paired means; and for certain, where both differences are shown. That a run is better is one test
and that it is cheaper another, and both must reject, at the same level, without a correction between the two
(Berger 1982, intersection-union); Holm's step corrects for all ordered pairs of runs.
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

from windlass.evaluation.statistics.paired import PairedDifference, holm

Standing = Literal["front", "dominated_as_seen", "dominated", "unknown"]
"""``front``: no other run is better and cheaper, as seen; ``unknown``: there is no value to tell by."""


class Axes(NamedTuple):
    """By how much one run is better than another, and cheaper; None where no item has a value in both."""

    quality: PairedDifference | None
    cost: PairedDifference | None


class Dominance(NamedTuple):
    standing: Standing
    by: str | None
    """The run that dominates; of several the one for which that is surest."""
    p_value: float | None


class _Domination(NamedTuple):
    winner: str
    loser: str
    as_seen: bool
    p_value: float


def dominances(names: Sequence[str], axes: Callable[[int, int], Axes], *, tail: float) -> dict[str, Dominance]:
    """Return how each stands; ``axes`` compares the second of two places with the first."""
    found: list[_Domination] = []
    known: set[str] = set()
    for first, second in combinations(range(len(names)), 2):
        quality, cost = axes(first, second)
        if quality is None or cost is None:
            continue
        known |= {names[first], names[second]}
        found.append(_domination(names[second], names[first], quality, cost, sign=1))
        found.append(_domination(names[first], names[second], quality, cost, sign=-1))
    certain = [rejected for rejected, _ in holm([each.p_value for each in found], tail)]
    return {
        name: _standing(name, found, certain) if name in known else Dominance("unknown", None, None)
        for name in names
    }


def _domination(
    winner: str, loser: str, quality: PairedDifference, cost: PairedDifference, *, sign: Literal[1, -1]
) -> _Domination:
    better, cheaper = sign * quality.difference, sign * cost.difference
    return _Domination(
        winner,
        loser,
        as_seen=better >= 0 and cheaper >= 0 and (better > 0 or cheaper > 0),
        p_value=max(_p(quality, sign), 0.0 if cost.value_range == 0 else _p(cost, sign)),
    )


def _p(difference: PairedDifference, sign: int) -> float:
    if difference.fewest(greater=sign > 0):
        return 1.0
    p_value = difference.p_greater() if sign > 0 else difference.p_less()
    return 1.0 if p_value is None else p_value


def _standing(name: str, found: Sequence[_Domination], certain: Sequence[bool]) -> Dominance:
    against = [
        (each, sure) for each, sure in zip(found, certain, strict=True) if each.loser == name and each.as_seen
    ]
    if not against:
        return Dominance("front", None, None)
    surest, sure = min(against, key=lambda pair: pair[0].p_value)
    return Dominance("dominated" if sure else "dominated_as_seen", surest.winner, surest.p_value)
