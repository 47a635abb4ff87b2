"""When a gate is decided: one primary requirement at the full level, guardrails that share it by Holm's steps."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from windlass.evaluation.sequential.evidence import Evidence, Side

Decided = Literal["pass", "fail"]


class Stop(NamedTuple):
    """The first moment at which a gate is decided."""

    clusters: int
    outcome: Decided


class Shown(NamedTuple):
    """Whether something is shown by some time, and the level at which it is, or is not."""

    rejects: bool
    level: float


def first_stop(
    primary: Evidence,
    guardrails: Sequence[Evidence],
    errors: Evidence,
    tail: float,
    *,
    may_pass: Callable[[int], int | None],
) -> Stop | None:
    """Return when a gate was first decided.

    It fails once the primary requirement or one guardrail is shown not to be met, or the candidate to fail on
    more items (``errors`` is above); it passes once all are shown to be met. ``may_pass`` returns the first
    moment, from one on, at which not too many values are missing.
    """
    failing = [
        primary.crossing("below", tail),
        errors.crossing("above", tail),
        # Holm's first step: one is shown before any other is.
        *(each.crossing("below", tail / len(guardrails)) for each in guardrails),
    ]
    fails = min((each for each in failing if each is not None), default=None)
    shown = [primary.crossing("above", tail), _all_shown(guardrails, tail)]
    met = None if None in shown else max(each for each in shown if each is not None)
    passes = None if met is None else may_pass(max(met, 1))
    if fails is not None and (passes is None or fails <= passes):
        return Stop(fails, "fail")
    return None if passes is None else Stop(passes, "pass")


def step_down(family: Sequence[Evidence], side: Side, clusters: int, tail: float) -> list[Shown]:
    """Return what of a family is shown by some time, by Holm's steps (1979).

    They hold for sequential tests whose evidence, once there, stays: of m hypotheses one that is shown at tail/m
    is taken out, and the rest go on as m − 1. Whoever is left was held to the last step's level.
    """
    shown: dict[int, Shown] = {}
    while len(shown) < len(family):
        level = tail / (len(family) - len(shown))
        left = (place for place in range(len(family)) if place not in shown)
        found = next((place for place in left if _by(family[place], side, level, clusters)), None)
        if found is None:
            return [shown.get(place, Shown(False, level)) for place in range(len(family))]
        shown[found] = Shown(True, level)
    return [shown[place] for place in range(len(family))]


def _all_shown(family: Sequence[Evidence], tail: float) -> int | None:
    """Return when the last of a family is shown to be above its bound; 0 for an empty one."""
    if not family:
        return 0
    crossings = {
        crossing
        for each in family
        for left in range(1, len(family) + 1)
        if (crossing := each.crossing("above", tail / left)) is not None
    }
    return next(
        (each for each in sorted(crossings) if all(one.rejects for one in step_down(family, "above", each, tail))),
        None,
    )


def _by(evidence: Evidence, side: Side, level: float, clusters: int) -> bool:
    crossing = evidence.crossing(side, level)
    return crossing is not None and crossing <= clusters
