"""Battles that a pairwise judge decides, in both orders each."""

import secrets
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert

from windlass.evaluation.arenas.pairing import Meeting, choose, meetings
from windlass.evaluation.arenas.records import Arena, Verdict
from windlass.evaluation.arenas.tables import arena_battles
from windlass.evaluation.arenas.voting import answers_in, battles_of, is_same
from windlass.evaluation.judges.pairwise import ORDER_DECIDED
from windlass.evaluation.samples import Judgement
from windlass.storage.database import now

_VERDICTS: dict[float, Verdict] = {1.0: "first", -1.0: "second", 0.0: "tie"}


class Waiting(NamedTuple):
    chosen: list[Meeting]
    same: set[Meeting]
    """Those of equal answers: a tie, about which no judge is asked."""
    left: int
    """Beside those chosen."""


def waiting_for(tx: Connection, project: str, arena: Arena, judge: str, *, most: int) -> Waiting:
    """Choose what a judge decides next: answers on which people voted first, then as people are given battles."""
    battles = battles_of(tx, project, arena.name)
    asked = {each.meeting for each in battles if each.voter == judge}
    voted = {
        each.meeting for each in battles if each.voter_kind == "person" and each.state == "voted" and not each.same
    }
    answers = answers_in(tx, project, arena.name)
    there = [each for each in meetings(answers) if each not in asked]
    first = [each for each in there if each in voted]
    chosen = choose(first, asked, seed=arena.seed, most=most, voter=judge)
    if len(chosen) < most:
        rest = [each for each in there if each not in voted]
        chosen += choose(rest, [*asked, *chosen], seed=arena.seed, most=most - len(chosen), voter=judge)
    same = {each for each in chosen if is_same(answers, each)}
    return Waiting(chosen, same, len(there) - len(chosen))


def open_meetings(
    tx: Connection, project: str, name: str, judge: str, *, retry: bool
) -> tuple[list[Meeting], int]:
    """Return the meetings of unequal answers that a judge is to decide, and how many others are of equal ones.

    With ``retry`` those too to which it gave no verdict.
    """
    asked = {
        each.meeting
        for each in battles_of(tx, project, name)
        if each.voter == judge and not (retry and each.state == "missing")
    }
    answers = answers_in(tx, project, name)
    there = [each for each in meetings(answers) if each not in asked]
    unequal = [each for each in there if not is_same(answers, each)]
    return unequal, len(there) - len(unequal)


def drop_missing(tx: Connection, project: str, name: str, judge: str) -> None:
    """Forget that a judge was asked where it gave no verdict, so that it is asked again."""
    tx.execute(
        delete(arena_battles).where(
            arena_battles.c.project == project,
            arena_battles.c.arena == name,
            arena_battles.c.voter == judge,
            arena_battles.c.state == "missing",
        )
    )


def record(
    tx: Connection,
    project: str,
    arena: Arena,
    judge: str,
    meeting: Meeting,
    judgement: Judgement,
    *,
    same: bool = False,
) -> bool:
    """Keep what a judge said of a battle, the first run being the first of the meeting.

    Returns False where there is a verdict already, which stands.
    """
    c = arena_battles.c
    here = (c.project == project, c.arena == arena.name, c.voter == judge)
    found = arena_battles.select().where(*here, c.item == meeting.item, c.pair == meeting.pair)
    if tx.execute(found).first() is not None:
        return False
    verdict = None if judgement.value is None else _VERDICTS[judgement.value]
    tx.execute(
        insert(arena_battles).values(
            id=f"battle-{secrets.token_hex(8)}",
            project=project,
            arena=arena.name,
            item=meeting.item,
            first_run=meeting.a,
            second_run=meeting.b,
            pair=meeting.pair,
            voter_kind="judge",
            voter=judge,
            state="missing" if verdict is None else "voted",
            verdict=verdict,
            same=same,
            consistent=None if verdict is None or same else not judgement.explanation.startswith(ORDER_DECIDED),
            reason=judgement.explanation,
            missing_why="" if verdict is not None else judgement.label or "undefined",
            created=now(),
            decided=now(),
        )
    )
    return True
