"""Battles: who is shown which two answers next, and what they say of them."""

import secrets
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from pydantic import BaseModel
from sqlalchemy import Connection, Row, insert, select, update

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.errors import Conflict, NotFound
from windlass.evaluation.arenas.pairing import Meeting, choose, is_turned, meetings
from windlass.evaluation.arenas.records import Arena, BattleState, Verdict, VoterKind, arena_of
from windlass.evaluation.arenas.tables import arena_battles, arena_samples
from windlass.storage.database import Database, now, take_turns

HELD: Final = timedelta(minutes=15)
"""For how long a battle that was shown counts as fought: somebody may be reading it."""

Answers: TypeAlias = Mapping[str, Mapping[str, str]]

_AT_ONCE: Final = 25


class Battle(BaseModel):
    """A battle as a record. Who voted knows it; whoever has not voted is not shown the runs."""

    id: str
    arena: str
    item: str
    first_run: str
    second_run: str
    voter_kind: VoterKind
    voter: str
    state: BattleState
    verdict: Verdict | None
    same: bool
    """Whether both answers were the same text: a tie on which nobody was asked."""
    consistent: bool | None
    """Of a judge: whether both orders said the same."""
    reason: str
    missing_why: str
    created: datetime
    decided: datetime | None

    @property
    def meeting(self) -> Meeting:
        a, b = sorted((self.first_run, self.second_run))
        return Meeting(self.item, a, b)


def next_battle(
    database: Database, principal: Principal, name: str, *, time: datetime | None = None
) -> Battle | None:
    """Give the principal a battle that they have not seen; what they have not voted on yet comes again first.

    Of equal answers nobody is asked: where their turn comes they are a tie, as whoever looked would have to say.
    Left out, they would make the others look further apart than they are. None when all were seen.
    """
    time = time or now()
    with database.write() as tx:
        take_turns(tx, principal.project, "arena", name)
        arena = arena_of(tx, principal.project, name)
        battles = battles_of(tx, principal.project, name)
        mine = [each for each in battles if each.voter == principal.id]
        shown = next((each for each in mine if each.state == "shown"), None)
        if shown is not None:
            return shown
        fought = [each.meeting for each in battles if _counts(each, time)]
        seen = {each.meeting for each in mine}
        samples = answers_in(tx, principal.project, name)
        while True:
            waiting = (each for each in meetings(samples) if each not in seen)
            chosen = choose(waiting, fought, seed=arena.seed, most=_AT_ONCE, voter=principal.id)
            for meeting in chosen:
                if not is_same(samples, meeting):
                    return _show(tx, principal, arena, meeting, time)
                _keep(tx, principal, arena, meeting, time, state="voted", verdict="tie", same=True, decided=time)
            if not chosen:
                return None
            seen.update(chosen)
            fought += chosen


def vote(
    database: Database, audit: AuditChain, principal: Principal, name: str, battle: str, verdict: Verdict
) -> Battle:
    """Take the principal's verdict; the same one again changes nothing.

    Raises NotFound for a battle that was not shown to them, and Conflict for another verdict than they gave: since
    then they have been told whose answers these are.
    """
    with database.write() as tx:
        take_turns(tx, principal.project, "arena", name)
        found = _own(tx, principal, name, battle)
        if found.state == "voted" and found.verdict != verdict:
            raise Conflict("You voted on these answers already, and were told whose they are; your vote stands.")
        if found.state != "voted":
            values = {"state": "voted", "verdict": verdict, "decided": now()}
            tx.execute(update(arena_battles).where(arena_battles.c.id == battle).values(**values))
            audit.append(tx, principal, "arena:vote", f"arena/{name}", details={"battle": battle})
        return _own(tx, principal, name, battle)


def skip(database: Database, principal: Principal, name: str, battle: str) -> None:
    """Leave a battle undecided; it does not come again. Raises NotFound, and Conflict after a vote."""
    with database.write() as tx:
        take_turns(tx, principal.project, "arena", name)
        if _own(tx, principal, name, battle).state == "voted":
            raise Conflict("You voted on these answers already; a vote cannot be skipped.")
        tx.execute(
            update(arena_battles).where(arena_battles.c.id == battle).values(state="skipped", decided=now())
        )


def battles_of(tx: Connection, project: str, name: str) -> list[Battle]:
    """Return the battles of an arena, oldest first."""
    query = (
        select(arena_battles)
        .where(arena_battles.c.project == project, arena_battles.c.arena == name)
        .order_by(arena_battles.c.created, arena_battles.c.id)
    )
    return [_battle(row) for row in tx.execute(query).all()]


def answers_in(tx: Connection, project: str, name: str) -> Answers:
    """Return the digests of the answers that meet in an arena, by item and run."""
    query = select(arena_samples.c.item, arena_samples.c.run, arena_samples.c.answer).where(
        arena_samples.c.project == project, arena_samples.c.arena == name
    )
    answers: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for item, run, answer in tx.execute(query.order_by(arena_samples.c.item, arena_samples.c.run)).all():
        answers[item][run] = answer
    return answers


def is_same(answers: Answers, meeting: Meeting) -> bool:
    return answers[meeting.item][meeting.a] == answers[meeting.item][meeting.b]


def _counts(battle: Battle, time: datetime) -> bool:
    """Tell whether a battle says something about its pair, or is about to. Judges have counts of their own."""
    if battle.voter_kind != "person":
        return False
    return battle.state == "voted" or (battle.state == "shown" and battle.created > time - HELD)


def _show(tx: Connection, principal: Principal, arena: Arena, meeting: Meeting, time: datetime) -> Battle:
    return _own(tx, principal, arena.name, _keep(tx, principal, arena, meeting, time, state="shown", same=False))


def _keep(
    tx: Connection, principal: Principal, arena: Arena, meeting: Meeting, time: datetime, **values: object
) -> str:
    turned = is_turned(arena.seed, principal.id, meeting)
    first, second = (meeting.b, meeting.a) if turned else (meeting.a, meeting.b)
    # Not made of what is in it: who reads the id learns nothing.
    battle = f"battle-{secrets.token_hex(8)}"
    tx.execute(
        insert(arena_battles).values(
            id=battle,
            project=principal.project,
            arena=arena.name,
            item=meeting.item,
            first_run=first,
            second_run=second,
            pair=meeting.pair,
            voter_kind="person",
            voter=principal.id,
            reason="",
            missing_why="",
            created=time,
            **values,
        )
    )
    return battle


def _own(tx: Connection, principal: Principal, name: str, battle: str) -> Battle:
    query = select(arena_battles).where(
        arena_battles.c.id == battle,
        arena_battles.c.project == principal.project,
        arena_battles.c.arena == name,
        arena_battles.c.voter_kind == "person",
        arena_battles.c.voter == principal.id,
    )
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"No battle {battle!r} of the arena {name!r} was shown to you; ask for the next one.")
    return _battle(row)


def _battle(row: Row[Any]) -> Battle:
    return Battle.model_validate(row._mapping, extra="ignore")
