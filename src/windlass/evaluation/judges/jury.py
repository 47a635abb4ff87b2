"""A jury: judges of other models or other words, whose values become one by a stated rule."""

import asyncio
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import mean, median
from typing import Final, Literal

from windlass.canonical import digest
from windlass.errors import InputError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import Judgement, Sample

Combine = Literal["majority", "mean", "median"]

NO_QUORUM: Final = "no_quorum"
"""The label of a sample of which too few members had a verdict."""
_FAILED: Final = "error"


def jury(members: Mapping[str, Evaluator], combine: Combine = "majority", quorum: int | None = None) -> Evaluator:
    """Judge by several judges.

    By majority the value is the one that most members gave, and a tie for the most is an abstention; else it is
    the mean or the median. Members without a verdict have no vote, and with fewer votes than the quorum, which is
    more than half of the members unless it is given, there is no value. The label says how the votes fell, the
    explanation what each member said.

    Raises InputError for fewer than two members, a quorum that is none, and members of which one prefers high
    values and another low ones.
    """
    if len(members) < 2:
        raise InputError("A jury has at least two members.")
    least = len(members) // 2 + 1 if quorum is None else quorum
    if not 1 <= least <= len(members):
        raise InputError(f"The quorum of a jury of {len(members)} is from 1 to {len(members)}, not {least}.")
    higher = {each.higher_is_better for each in members.values()}
    if len(higher) > 1:
        raise InputError("The members of a jury do not mean the same: for some more is better, for others less.")

    async def judge(sample: Sample) -> Judgement:
        given = await asyncio.gather(*(member.judge(sample) for member in members.values()))
        return _verdict(dict(zip(members, given, strict=True)), combine, least)

    words = [f"{name}:\n{member.told}" for name, member in members.items()]
    return Evaluator(
        "jury",
        judge,
        higher_is_better=higher.pop(),
        needs=tuple(dict.fromkeys(need for member in members.values() for need in member.needs)),
        description=f"{_RULES[combine]} of {len(members)} judges, of whom at least {least} have a verdict.",
        prompt=digest({name: member.prompt for name, member in members.items()}),
        told="\n\n".join(words),
    )


_RULES: Final = {"majority": "What most say", "mean": "The mean", "median": "The median"}


def _verdict(given: Mapping[str, Judgement], combine: Combine, least: int) -> Judgement:
    votes = [each.value for each in given.values() if each.value is not None]
    said = "\n".join(f"{name}: {_said(each)}" for name, each in given.items())
    if len(votes) < least:
        # A provider that failed is asked again when the run is resumed; who abstained is not.
        failed = any(each.label == _FAILED for each in given.values())
        why = f"{len(votes)} of {len(given)} members have a verdict, and it takes {least}."
        return Judgement(None, _FAILED if failed else NO_QUORUM, f"{why}\n{said}", "judge")
    said = f"{_agreement(votes)}\n{said}"
    if combine != "majority":
        value = mean(votes) if combine == "mean" else median(votes)
        return Judgement(value, f"{min(votes):g} to {max(votes):g}, {len(votes)} of {len(given)}", said, "judge")
    (most, count), *others = Counter(votes).most_common()
    if others and others[0][1] == count:
        return Judgement(None, "abstain", f"The members are split.\n{said}", "judge")
    return Judgement(most, f"{count} of {len(votes)}", said, "judge")


def _agreement(votes: Sequence[float]) -> str:
    """Say what share of the pairs of members gave the same value."""
    if len(votes) < 2:
        return "One member alone has a verdict."
    pairs = math.comb(len(votes), 2)
    same = sum(one == other for one, other in combinations(votes, 2))
    return f"{same} of {pairs} pairs of members agree."


def _said(judgement: Judgement) -> str:
    value = f"no verdict ({judgement.label or 'undefined'})" if judgement.value is None else f"{judgement.value:g}"
    return f"{value} — {' '.join(judgement.explanation.split())}" if judgement.explanation else value
