"""Judgings as records: a judge that decides the battles of an arena, how far it is, and what it took."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field
from sqlalchemy import Connection, Row, insert, select, update

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.canonical import digest
from windlass.errors import Conflict, NotFound
from windlass.evaluation.arenas.judging import drop_missing, record, waiting_for
from windlass.evaluation.arenas.pairing import Meeting
from windlass.evaluation.arenas.records import Arena, arena_of
from windlass.evaluation.arenas.tables import arena_judgings
from windlass.evaluation.arenas.voting import battles_of
from windlass.evaluation.calibration.judges import JudgeVersion
from windlass.evaluation.samples import Judgement
from windlass.models.calls.counts import CallCounts
from windlass.models.calls.limits import CallLimits
from windlass.storage.database import Database, now, take_turns

JudgingState = Literal["running", "finished", "stopped", "cancelled", "failed"]
"""``stopped``: it came to its budget."""

RUNNING: Final = "running"


class JudgingRequest(CallLimits):
    judge: str
    """An evaluator of the function pairwise, `name@what`."""
    most: Annotated[int, Field(ge=1)] | None = None
    """How many battles to decide; left out, all that it was not asked about yet."""
    retry: bool = False
    """Whether those come again to which it gave no verdict before."""
    concurrency: Annotated[int, Field(ge=1, le=100)] = 8
    """Battles in flight at once."""


class Judging(BaseModel):
    id: str
    project: str
    arena: str
    judge: JudgeVersion
    request: JudgingRequest
    state: JudgingState
    error: str | None
    battles: int
    """That it is to decide."""
    judged: int
    """Battles with a verdict, those of equal answers among them."""
    same: int
    """Of those, equal answers: a tie, and no call."""
    missing: int
    """Battles without a verdict; each says why."""
    calls: CallCounts
    created: datetime
    finished: datetime | None
    by: str

    @property
    def left(self) -> int:
        return self.battles - self.judged - self.missing


def create_judging(
    database: Database,
    audit: AuditChain,
    principal: Principal,
    name: str,
    judge: JudgeVersion,
    request: JudgingRequest,
) -> Judging:
    """Record a judging that is to be executed.

    Raises NotFound, and Conflict where the same judge is at work in the arena, was told something else when it
    decided others of its battles, or has nothing left to decide.
    """
    with database.write() as tx:
        take_turns(tx, principal.project, "arena", name)
        arena = arena_of(tx, principal.project, name)
        _refuse_unfit(judgings_of(tx, principal.project, name, judge.named), judge)
        if request.retry:
            drop_missing(tx, principal.project, name, judge.named)
        battles = waiting_for(tx, principal.project, arena, judge.named, most=0).left
        if not battles:
            raise Conflict(
                f"{judge.named} was asked about every battle of {name}; `windlass arena judge {name} --judge "
                f"{judge.named} --retry` asks again where it gave no verdict."
            )
        judging_id = f"judging-{secrets.token_hex(8)}"
        tx.execute(
            insert(arena_judgings).values(
                id=judging_id,
                project=principal.project,
                arena=name,
                voter=judge.named,
                judge=judge.model_dump(),
                request=request.model_dump(mode="json", exclude_defaults=True),
                state=RUNNING,
                battles=min(battles, request.most or battles),
                judged=0,
                same=0,
                missing=0,
                calls=CallCounts().model_dump(),
                created=now(),
                by=principal.id,
            )
        )
        made = _found(tx, principal.project, name, judging_id)
        details = {"judging": judging_id, "judge": judge.named, "version": judge.version, "battles": made.battles}
        audit.append(tx, principal, "judging:create", f"arena/{name}", details=details)
        return made


def record_verdict(
    database: Database,
    judging: Judging,
    arena: Arena,
    meeting: Meeting,
    judgement: Judgement,
    calls: CallCounts,
    *,
    same: bool,
) -> bool:
    """Keep what a judge said of a battle, and how far that brings it; of one that was ended meanwhile, too.

    Returns whether it goes on: not where it was ended, or its arena removed.
    """
    with database.write() as tx:
        take_turns(tx, judging.project, "arena", judging.arena)
        there = _find(tx, judging.project, judging.arena, judging.id)
        if there is None:
            return False
        goes_on = there.state == RUNNING
        if not record(tx, judging.project, arena, judging.judge.named, meeting, judgement, same=same):
            return goes_on
        c = arena_judgings.c
        counted = c.missing if judgement.value is None else c.judged
        values: dict[Any, Any] = {counted: counted + 1, c.calls: calls.model_dump()}
        if same:
            values[c.same] = c.same + 1
        tx.execute(update(arena_judgings).where(c.id == judging.id).values(values))
        return goes_on


def end_judging(
    database: Database,
    audit: AuditChain,
    principal: Principal,
    judging: Judging,
    state: JudgingState,
    *,
    error: str | None = None,
    calls: CallCounts | None = None,
) -> None:
    """Write what came of a judging, with its audit entry; one that was cancelled meanwhile stays so."""
    with database.write() as tx:
        take_turns(tx, judging.project, "arena", judging.arena)
        if calls is not None:
            values = {"calls": calls.model_dump()}
            tx.execute(update(arena_judgings).where(arena_judgings.c.id == judging.id).values(values))
        _move(tx, judging.id, state=state, error=error, finished=now())
        ended = _find(tx, judging.project, judging.arena, judging.id)
        if ended is None:
            return
        details = {
            "judging": ended.id,
            "judge": ended.judge.named,
            "state": ended.state,
            "judged": ended.judged,
            "missing": ended.missing,
            "verdicts": _digest_of_verdicts(tx, ended),
        }
        audit.append(tx, principal, "judging:record", f"arena/{ended.arena}", details=details)


def cancel_judging(
    database: Database, audit: AuditChain, principal: Principal, name: str, judging_id: str
) -> Judging:
    """Let no further battle begin. Raises NotFound, and Conflict for one that has ended."""
    with database.write() as tx:
        found = _found(tx, principal.project, name, judging_id)
        if not _move(tx, judging_id, state="cancelled", finished=now()):
            raise Conflict(f"{judging_id} is {found.state} and cannot be cancelled any more.")
        details = {"judging": judging_id, "judge": found.judge.named}
        audit.append(tx, principal, "judging:cancel", f"arena/{name}", details=details)
        return _found(tx, principal.project, name, judging_id)


def get_judging(database: Database, project: str, name: str, judging_id: str) -> Judging:
    """Return a judging as it stands. Raises NotFound."""
    with database.read() as tx:
        return _found(tx, project, name, judging_id)


def list_judgings(database: Database, project: str, name: str) -> list[Judging]:
    """Return the judgings of an arena, newest first. Raises NotFound."""
    with database.read() as tx:
        arena_of(tx, project, name)
        return judgings_of(tx, project, name)


def begun_judging(database: Database, judging_id: str) -> Judging | None:
    """Return a judging of any project that is to be executed; None when it has ended, or its arena is gone."""
    with database.read() as tx:
        row = tx.execute(select(arena_judgings).where(arena_judgings.c.id == judging_id)).one_or_none()
    return None if row is None or row.state != RUNNING else _judging(row)


def begun_judgings(database: Database) -> list[Judging]:
    """Return what is to be executed in any project, oldest first: what a restarted server owes."""
    query = select(arena_judgings).where(arena_judgings.c.state == RUNNING).order_by(arena_judgings.c.created)
    with database.read() as tx:
        return [_judging(row) for row in tx.execute(query)]


def judgings_of(tx: Connection, project: str, name: str, voter: str | None = None) -> list[Judging]:
    """Return the judgings of an arena, or of one judge in it, newest first."""
    c = arena_judgings.c
    query = select(arena_judgings).where(c.project == project, c.arena == name)
    if voter is not None:
        query = query.where(c.voter == voter)
    return [_judging(row) for row in tx.execute(query.order_by(c.created.desc(), c.id.desc()))]


def calls_by_judge(database: Database, project: str, judge: JudgeVersion) -> CallCounts:
    """Return what the calls of a judge came to, in all arenas of a project."""
    c = arena_judgings.c
    total = CallCounts()
    with database.read() as tx:
        for row in tx.execute(select(arena_judgings).where(c.project == project, c.voter == judge.named)):
            found = _judging(row)
            if found.judge.is_same(judge):
                total.answered += found.calls.answered
                total.input_tokens += found.calls.input_tokens
                total.output_tokens += found.calls.output_tokens
    return total


def _refuse_unfit(former: Sequence[Judging], judge: JudgeVersion) -> None:
    for each in former:
        if each.state == RUNNING:
            raise Conflict(f"{judge.named} is at work in this arena already: {each.id}.")
        if not each.judge.is_same(judge):
            raise Conflict(
                f"{judge.named} decided battles here when it was told something else than this windlass tells it; "
                "verdicts so far and from now on could not be compared. Make another arena of the same runs."
            )


def _digest_of_verdicts(tx: Connection, judging: Judging) -> str:
    """Return the digest of all that the judge has said in the arena."""
    said = [
        [each.item, each.first_run, each.second_run, each.verdict or each.missing_why]
        for each in battles_of(tx, judging.project, judging.arena)
        if each.voter == judging.judge.named
    ]
    return digest(sorted(said))


def _move(tx: Connection, judging_id: str, **values: object) -> bool:
    here = (arena_judgings.c.id == judging_id, arena_judgings.c.state == RUNNING)
    return tx.execute(update(arena_judgings).where(*here).values(**values)).rowcount == 1


def _find(tx: Connection, project: str, name: str, judging_id: str) -> Judging | None:
    c = arena_judgings.c
    query = select(arena_judgings).where(c.project == project, c.arena == name, c.id == judging_id)
    row = tx.execute(query).one_or_none()
    return None if row is None else _judging(row)


def _found(tx: Connection, project: str, name: str, judging_id: str) -> Judging:
    found = _find(tx, project, name, judging_id)
    if found is None:
        raise NotFound(f"There is no judging {judging_id!r} in the arena {name!r}.")
    return found


def _judging(row: Row[Any]) -> Judging:
    return Judging.model_validate(dict(row._mapping), extra="ignore")
