"""Arenas as records: which runs meet on which items, and who voted on which of their answers."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Row, delete, func, insert, select

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.artifacts.references import check_name
from windlass.canonical import digest
from windlass.errors import Conflict, InputError, NotFound
from windlass.evaluation.arenas.tables import arena_battles, arena_judgings, arena_samples, arenas
from windlass.evaluation.runs import Run, VersionName
from windlass.evaluation.samples import SampleResult
from windlass.storage.database import Database, now, take_turns

MOST_ITEMS: Final = 10_000
MOST_RUNS: Final = 20

_AT_ONCE: Final = 1000

Verdict = Literal["first", "second", "tie", "both_bad"]
"""Of a battle, by the places in which its answers were shown."""
BattleState = Literal["shown", "voted", "skipped", "missing"]
"""``missing``: a judge was asked and gave no verdict."""
VoterKind = Literal["person", "judge"]


class Contestant(BaseModel):
    """A run in an arena, and the release that answered in it."""

    run: str
    release: VersionName

    @property
    def name(self) -> str:
        return f"{self.release.name}@{self.release.number}"


class ArenaRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    runs: Annotated[list[str], Field(min_length=2, max_length=MOST_RUNS)]
    """Finished runs on one dataset version."""
    sample: Annotated[int, Field(ge=1, le=MOST_ITEMS)] | None = None
    """How many items to draw at random; all, if left out."""
    seed: int = 0
    """Of the draw, of who meets whom next, and of who is shown first."""
    guidelines: Annotated[str, Field(max_length=100_000)] = ""
    """Markdown, shown beside every battle."""


class Arena(BaseModel):
    name: str
    guidelines: str
    contestants: list[Contestant]
    dataset: VersionName
    seed: int
    items: int
    """Items that two or more of the runs answered."""
    created: datetime
    created_by: str
    votes: int = 0
    """Of people, without ties of equal answers."""
    judgements: int = 0
    """Of judges, all together, without the same."""

    @property
    def players(self) -> dict[str, str]:
        """What each run is called: its release, and the run too where two ran the same."""
        names = [each.name for each in self.contestants]
        return {
            each.run: each.name if names.count(each.name) == 1 else f"{each.name} ({each.run})"
            for each in self.contestants
        }


def create_arena(
    database: Database,
    audit: AuditChain,
    principal: Principal,
    request: ArenaRequest,
    runs: Sequence[Run],
    answers: Mapping[str, Mapping[str, SampleResult]],
) -> Arena:
    """Record an arena of runs, with the answers of each by item.

    Raises Conflict for a name that is taken, InputError for runs that cannot meet.
    """
    check_name(request.name, "an arena")
    _refuse_unfit(runs)
    items = _drawn(request, answers)
    contestants = [Contestant(run=run.id, release=run.release) for run in runs]
    with database.write() as tx:
        if find_arena(tx, principal.project, request.name) is not None:
            raise Conflict(f"There is an arena {request.name!r} already; choose another name.")
        tx.execute(
            insert(arenas).values(
                project=principal.project,
                name=request.name,
                guidelines=request.guidelines,
                contestants=[each.model_dump() for each in contestants],
                dataset=runs[0].dataset.model_dump(),
                seed=request.seed,
                items=len(items),
                created=now(),
                created_by=principal.id,
            )
        )
        _add_samples(tx, principal.project, request.name, items, answers)
        audit.append(
            tx,
            principal,
            "arena:create",
            f"arena/{request.name}",
            details={"runs": [run.id for run in runs], "dataset": runs[0].dataset.digest, "items": len(items)},
        )
        return arena_of(tx, principal.project, request.name)


def delete_arena(database: Database, audit: AuditChain, principal: Principal, name: str) -> None:
    """Remove an arena with its votes; a judge at work in it stops. Raises NotFound."""
    with database.write() as tx:
        take_turns(tx, principal.project, "arena", name)
        arena = arena_of(tx, principal.project, name)
        for table in (arena_battles, arena_judgings, arena_samples):
            tx.execute(delete(table).where(table.c.project == principal.project, table.c.arena == name))
        tx.execute(delete(arenas).where(arenas.c.project == principal.project, arenas.c.name == name))
        details = {"votes": arena.votes, "judgements": arena.judgements}
        audit.append(tx, principal, "arena:delete", f"arena/{name}", details=details)


def get_arena(database: Database, project: str, name: str) -> Arena:
    """Return an arena. Raises NotFound."""
    with database.read() as tx:
        return arena_of(tx, project, name)


def list_arenas(database: Database, project: str) -> list[Arena]:
    """Return the arenas of a project, newest first."""
    query = select(arenas).where(arenas.c.project == project).order_by(arenas.c.created.desc(), arenas.c.name)
    with database.read() as tx:
        return [_arena(tx, row) for row in tx.execute(query).all()]


def arena_of(tx: Connection, project: str, name: str) -> Arena:
    """Return an arena. Raises NotFound."""
    found = find_arena(tx, project, name)
    if found is None:
        raise NotFound(f"There is no arena {name!r} in this project; see `windlass arena list`.")
    return found


def find_arena(tx: Connection, project: str, name: str) -> Arena | None:
    query = select(arenas).where(arenas.c.project == project, arenas.c.name == name)
    row = tx.execute(query).one_or_none()
    return None if row is None else _arena(tx, row)


def _refuse_unfit(runs: Sequence[Run]) -> None:
    if len({run.id for run in runs}) < len(runs):
        raise InputError("An arena names each run once: a run cannot meet itself.")
    for run in runs:
        if run.state != "finished":
            raise InputError(f"{run.id} is {run.state}; an arena needs finished runs.")
        if run.dataset.digest != runs[0].dataset.digest:
            raise InputError(
                f"{runs[0].id} and {run.id} are on different versions of data, {runs[0].dataset.name} "
                f"{runs[0].dataset.number} and {run.dataset.name} {run.dataset.number}; answers meet on one."
            )


def _drawn(request: ArenaRequest, answers: Mapping[str, Mapping[str, SampleResult]]) -> list[str]:
    """Return the items on which answers can meet, a sample where one is asked for."""
    answered: dict[str, int] = {}
    for of_run in answers.values():
        for item, result in of_run.items():
            answered[item] = answered.get(item, 0) + (result.prediction is not None)
    met = sorted(item for item, count in answered.items() if count > 1)
    if not met:
        raise InputError("No item was answered by two of the runs: there is nothing to compare.")
    if request.sample is None and len(met) > MOST_ITEMS:
        raise InputError(
            f"{len(met):,} items are more than an arena holds: draw up to {MOST_ITEMS:,} with sample."
        )
    if request.sample is None or request.sample >= len(met):
        return met
    # No secret is drawn here, but what anybody can draw again.
    return sorted(random.Random(request.seed).sample(met, request.sample))  # noqa: S311


def _add_samples(
    tx: Connection,
    project: str,
    arena: str,
    items: Sequence[str],
    answers: Mapping[str, Mapping[str, SampleResult]],
) -> None:
    rows = [
        {
            "project": project,
            "arena": arena,
            "item": item,
            "run": run,
            "trace_id": result.trace_id,
            "span_id": result.span_id,
            "answer": digest(result.prediction.output),
        }
        for run, of_run in answers.items()
        for item in items
        if (result := of_run.get(item)) is not None and result.prediction is not None
    ]
    for start in range(0, len(rows), _AT_ONCE):
        tx.execute(insert(arena_samples), rows[start : start + _AT_ONCE])


def _arena(tx: Connection, row: Row[Any]) -> Arena:
    here = (arena_battles.c.project == row.project, arena_battles.c.arena == row.name)
    query = select(arena_battles.c.voter_kind, func.count()).where(*here, arena_battles.c.state == "voted")
    query = query.where(arena_battles.c.same.is_(False))
    counts = {
        str(kind): int(count) for kind, count in tx.execute(query.group_by(arena_battles.c.voter_kind)).all()
    }
    return Arena(
        **{name: row._mapping[name] for name in Arena.model_fields if name in row._mapping},
        votes=counts.get("person", 0),
        judgements=counts.get("judge", 0),
    )
