"""Battles that a pairwise judge decides, in both orders each."""

import secrets
from collections.abc import Collection, Sequence
from typing import NamedTuple

from pydantic import BaseModel
from sqlalchemy import Connection, delete, insert

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.evaluation.arenas.pairing import Meeting, choose, meetings
from windlass.evaluation.arenas.records import Arena, Verdict, arena_of
from windlass.evaluation.arenas.tables import arena_battles
from windlass.evaluation.arenas.voting import answers_in, battles_of, is_same
from windlass.evaluation.judges.pairwise import ORDER_DECIDED
from windlass.evaluation.samples import Judgement
from windlass.storage.database import Database, now, take_turns

_VERDICTS: dict[float, Verdict] = {1.0: "first", -1.0: "second", 0.0: "tie"}


class Judged(BaseModel):
    """What one call came to."""

    judge: str
    judged: int
    same: int
    """Of those, equal answers: a tie, and no call."""
    missing: int
    """Battles to which the judge gave no verdict; they are kept as such, with why."""
    left: int
    """Battles that this judge has not been asked yet."""
    calls: int
    """Answers of its model."""
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    """Null when a price is not known."""


class Waiting(NamedTuple):
    arena: Arena
    chosen: list[Meeting]
    same: set[Meeting]
    """Those of equal answers: a tie, about which no judge is asked."""
    left: int
    """Beside those chosen."""


def waiting_for(
    database: Database, principal: Principal, name: str, judge: str, *, most: int, retry: bool = False
) -> Waiting:
    """Choose what a judge decides next: answers on which people voted first, then as people are given battles.

    With ``retry`` those come again to which it gave no verdict. Raises NotFound.
    """
    with database.write() as tx:
        take_turns(tx, principal.project, "arena", name)
        arena = arena_of(tx, principal.project, name)
        if retry:
            tx.execute(
                delete(arena_battles).where(
                    arena_battles.c.project == principal.project,
                    arena_battles.c.arena == name,
                    arena_battles.c.voter == judge,
                    arena_battles.c.state == "missing",
                )
            )
        return _waiting(tx, principal, arena, judge, most)


def record(
    database: Database,
    audit: AuditChain,
    principal: Principal,
    arena: Arena,
    judge: str,
    judged: Sequence[tuple[Meeting, Judgement]],
    same: Collection[Meeting] = (),
) -> None:
    """Keep what a judge said of battles, the first run being the first of each meeting.

    Where it was asked the same twice at once, the first verdict stands.
    """
    with database.write() as tx:
        take_turns(tx, principal.project, "arena", arena.name)
        there = {each.meeting for each in battles_of(tx, principal.project, arena.name) if each.voter == judge}
        rows = [
            _row(principal.project, arena.name, judge, *each, same=each[0] in same)
            for each in judged
            if each[0] not in there
        ]
        if rows:
            tx.execute(insert(arena_battles), rows)
            details = {"judge": judge, "battles": len(rows)}
            audit.append(tx, principal, "arena:judge", f"arena/{arena.name}", details=details)


def _row(
    project: str, arena: str, judge: str, meeting: Meeting, judgement: Judgement, *, same: bool
) -> dict[str, object]:
    verdict = None if judgement.value is None else _VERDICTS[judgement.value]
    return {
        "id": f"battle-{secrets.token_hex(8)}",
        "project": project,
        "arena": arena,
        "item": meeting.item,
        "first_run": meeting.a,
        "second_run": meeting.b,
        "pair": meeting.pair,
        "voter_kind": "judge",
        "voter": judge,
        "state": "missing" if verdict is None else "voted",
        "verdict": verdict,
        "same": same,
        "consistent": None if verdict is None or same else not judgement.explanation.startswith(ORDER_DECIDED),
        "reason": judgement.explanation,
        "missing_why": "" if verdict is not None else judgement.label or "undefined",
        "created": now(),
        "decided": now(),
    }


def _waiting(tx: Connection, principal: Principal, arena: Arena, judge: str, most: int) -> Waiting:
    battles = battles_of(tx, principal.project, arena.name)
    asked = {each.meeting for each in battles if each.voter == judge}
    voted = {
        each.meeting for each in battles if each.voter_kind == "person" and each.state == "voted" and not each.same
    }
    answers = answers_in(tx, principal.project, arena.name)
    there = [each for each in meetings(answers) if each not in asked]
    first = [each for each in there if each in voted]
    chosen = choose(first, asked, seed=arena.seed, most=most, voter=judge)
    if len(chosen) < most:
        rest = [each for each in there if each not in voted]
        chosen += choose(rest, [*asked, *chosen], seed=arena.seed, most=most - len(chosen), voter=judge)
    same = {each for each in chosen if is_same(answers, each)}
    return Waiting(arena, chosen, same, len(there) - len(chosen))
