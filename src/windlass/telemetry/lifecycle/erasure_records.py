"""Erasures as records: what was asked for, how far it is, and what came of it. They name nobody."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

from pydantic import BaseModel
from sqlalchemy import Connection, Row, insert, select, update

from windlass.access.principals import Principal
from windlass.errors import NotFound
from windlass.storage.database import Database, now
from windlass.storage.jobs import JobState
from windlass.storage.keyset import below, write_cursor
from windlass.telemetry.tables import erasures

UNFINISHED: Final[Collection[JobState]] = ("waiting", "running")


class Erasure(BaseModel):
    """What was erased, or is being, or would be."""

    id: str
    dry_run: bool
    state: JobState
    """`waiting` for the one before or to begin, `running`, `finished`: nothing is left, or `failed`."""
    error: str | None
    """Why it failed, and what to do."""
    kind: str
    subject: str
    """A keyed hash of the subject's id, as the receipt in the audit chain has it."""
    reason: str
    by: str
    created: datetime
    started: datetime | None
    finished: datetime | None
    traces: int
    rows: dict[str, int]
    """Rows erased, by table. They are counted before the first is: until then there are none here."""
    refused_spans: int
    """Spans that lay refused in the spool."""
    media: int
    """Files in messages that no other trace of the project refers to; until it is finished, and of a dry run, all
    that its traces refer to."""
    left: dict[str, int]
    """Rows found by counting again afterwards, by table: zeros when it is finished, none until it was counted."""


class ErasurePage(NamedTuple):
    items: list[Erasure]
    next: str | None


def create_erasure(
    database: Database, principal: Principal, erasure_id: str, *, kind: str, subject: str, reason: str
) -> Erasure:
    """Record an erasure that is to be executed; ``subject`` is the keyed hash."""
    with database.write() as tx:
        tx.execute(
            insert(erasures).values(
                id=erasure_id,
                project=principal.project,
                kind=kind,
                subject=subject,
                reason=reason,
                by=principal.id,
                state="waiting",
                created=now(),
                traces=0,
                rows={},
                refused_spans=0,
                media=0,
                left={},
            )
        )
        return _erasure(tx.execute(select(erasures).where(erasures.c.id == erasure_id)).one())


def get_erasure(database: Database, project: str, erasure_id: str) -> Erasure:
    """Return an erasure as it stands. Raises NotFound."""
    query = select(erasures).where(erasures.c.project == project, erasures.c.id == erasure_id)
    with database.read() as tx:
        row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no erasure {erasure_id!r} in the project {project!r}.")
    return _erasure(row)


def list_erasures(database: Database, project: str, *, limit: int = 50, cursor: str | None = None) -> ErasurePage:
    """Return a page of a project's erasures, newest first. Raises InputError for what is no cursor."""
    query = select(erasures).where(erasures.c.project == project)
    if cursor is not None:
        query = query.where(below(erasures, cursor))
    query = query.order_by(erasures.c.created.desc(), erasures.c.id.desc()).limit(limit + 1)
    with database.read() as tx:
        rows = tx.execute(query).all()
    page = [_erasure(row) for row in rows[:limit]]
    return ErasurePage(page, write_cursor(page[-1].created, page[-1].id) if len(rows) > limit else None)


class Owed(NamedTuple):
    """An erasure that has not ended, and whose it is."""

    project: str
    erasure: Erasure

    @property
    def principal(self) -> Principal:
        """Who asked for it, as entries of the audit chain have them."""
        return Principal(id=self.erasure.by, kind="user", role="admin", project=self.project)


def unfinished_erasures(database: Database) -> list[Owed]:
    """Return what is waiting or running in any project, oldest first: what a restarted server owes."""
    query = select(erasures).where(erasures.c.state.in_(UNFINISHED)).order_by(erasures.c.created, erasures.c.id)
    with database.read() as tx:
        return [Owed(row.project, _erasure(row)) for row in tx.execute(query)]


def begin_erasure(database: Database, erasure_id: str) -> Owed | None:
    """Mark an erasure as running and return it; None for one that has ended, or is not there.

    One that is taken up again began before.
    """
    of_id = erasures.c.id == erasure_id
    with database.write() as tx:
        _change(tx, erasure_id, state="running")
        tx.execute(update(erasures).where(of_id, erasures.c.started.is_(None)).values(started=now()))
        row = tx.execute(select(erasures).where(of_id, erasures.c.state == "running")).one_or_none()
    return None if row is None else Owed(row.project, _erasure(row))


def note_counts(database: Database, erasure_id: str, **counts: object) -> Erasure:
    """Note what was counted and is about to be deleted: traces, rows, refused_spans, media, left."""
    with database.write() as tx:
        _change(tx, erasure_id, **counts)
        return _erasure(tx.execute(select(erasures).where(erasures.c.id == erasure_id)).one())


def end_erasure(tx: Connection, erasure_id: str, state: JobState, **values: object) -> bool:
    """Write what came of an erasure; return whether it had not ended already."""
    return _change(tx, erasure_id, state=state, finished=now(), **values)


def _change(tx: Connection, erasure_id: str, **values: object) -> bool:
    here = (erasures.c.id == erasure_id, erasures.c.state.in_(UNFINISHED))
    return tx.execute(update(erasures).where(*here).values(**values)).rowcount == 1


def _erasure(row: Row[tuple[object, ...]]) -> Erasure:
    return Erasure.model_validate({**row._mapping, "dry_run": False})
