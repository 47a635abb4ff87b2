"""Who is there to work: every worker says so again and again, by the database's clock."""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, DateTime, and_, delete, func, insert, or_, select, update

from windlass.evaluation.workers.tables import run_seats, workers
from windlass.storage.database import Database
from windlass.version import __version__


class Worker(NamedTuple):
    id: str
    name: str


def clock() -> ColumnElement[datetime]:
    """The time of the database, which does not stand still within a transaction."""
    return func.clock_timestamp(type_=DateTime(timezone=True))


def until(lease_s: float) -> ColumnElement[datetime]:
    """The moment to which a lease that begins now lasts."""
    return clock() + timedelta(seconds=lease_s)


def enter(database: Database, name: str, lease_s: float) -> Worker:
    """Enter a worker of this version; it is there until its lease ends."""
    worker = Worker(f"worker-{secrets.token_hex(8)}", name)
    with database.write() as tx:
        # Nobody looks at those who went without a word; a week later they are gone from the table, too.
        tx.execute(delete(workers).where(workers.c.expires < clock() - timedelta(days=7)))
        tx.execute(
            insert(workers).values(
                id=worker.id, name=name, version=__version__, started=clock(), expires=until(lease_s)
            )
        )
    return worker


def stay(database: Database, worker: Worker, lease_s: float) -> None:
    """Renew the lease of a worker."""
    with database.write() as tx:
        tx.execute(update(workers).where(workers.c.id == worker.id).values(expires=until(lease_s)))


def leave(database: Database, worker: Worker) -> None:
    with database.write() as tx:
        tx.execute(delete(workers).where(workers.c.id == worker.id))


def count_present(tx: Connection, run: str | None = None) -> int:
    """Count the workers of this version that are there.

    For a run, those that did not give it up, and are not at work on another.
    """
    query = (
        select(func.count())
        .select_from(workers)
        .where(workers.c.version == __version__, workers.c.expires >= clock())
    )
    if run is not None:
        c = run_seats.c
        elsewhere = and_(c.run != run, c.held, c.expires >= clock())
        gave_up = and_(c.run == run, c.error.is_not(None))
        query = query.where(workers.c.id.not_in(select(c.worker).where(or_(elsewhere, gave_up))))
    return int(tx.execute(query).scalar_one())
