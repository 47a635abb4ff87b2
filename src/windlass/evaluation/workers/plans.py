"""What of a run is shared out, and how far it is: the part of whoever executes the run."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from windlass.evaluation.runs import Run
from windlass.evaluation.workers.counting import counts_of_all
from windlass.evaluation.workers.roster import clock, count_present
from windlass.evaluation.workers.shares import Part
from windlass.evaluation.workers.tables import run_handovers, run_plans, run_seats, run_shards
from windlass.models.calls.counts import CallCounts
from windlass.storage.database import Database
from windlass.version import __version__


class Standing(NamedTuple):
    """How far a shared run is."""

    finished: int
    failed: int
    calls: CallCounts
    is_over: bool
    """Whether everything is done, or nobody is to begin more of it."""
    held: int
    """How many work on it."""
    able: int
    """How many are there that do or could."""
    seats: int
    """How many may at once."""


def has_plan(database: Database, run_id: str) -> bool:
    with database.read() as tx:
        return tx.execute(select(run_plans.c.run).where(run_plans.c.run == run_id)).one_or_none() is not None


def count_able(database: Database, run_id: str) -> int:
    """Count the workers that are there for a run."""
    with database.read() as tx:
        return count_present(tx, run_id)


def create_plan(
    database: Database,
    run: Run,
    parts: Sequence[Part],
    *,
    seats: int,
    finished: int,
    failed: int,
    model_base_url: str = "",
) -> None:
    """Share out the parts of a run, all at once."""
    with database.write() as tx:
        tx.execute(
            insert(run_plans).values(
                run=run.id,
                version=__version__,
                seats=seats,
                model_base_url=model_base_url,
                finished=finished,
                failed=failed,
                calls=(run.calls or CallCounts()).model_dump(),
                stopped=False,
                created=clock(),
            )
        )
        tx.execute(insert(run_shards), [_shard(run.id, number, part) for number, part in enumerate(parts)])


def look_at(database: Database, run_id: str) -> Standing:
    """Take back what dead workers held, and return how far the run is."""
    with database.write() as tx:
        plan = lock_plan(tx, run_id)
        assert plan is not None, "only who made a plan drops it"
        release_expired(tx, run_id)
        c = run_shards.c
        query = select(func.sum(c.finished), func.sum(c.failed), func.bool_and(c.done)).where(c.run == run_id)
        finished, failed, done = tx.execute(query).one()
        held = select(func.count()).where(run_seats.c.run == run_id, run_seats.c.held)
        return Standing(
            finished=plan.finished + int(finished or 0),
            failed=plan.failed + int(failed or 0),
            calls=counts_of_all(tx, plan),
            is_over=plan.stopped or done is not False,
            held=int(tx.execute(held).scalar_one()),
            able=count_present(tx, run_id),
            seats=plan.seats,
        )


def fit_seats(database: Database, run_id: str, seats: int) -> None:
    """Have so many work on a run at once, its limits divided anew: who is at work ends what is in flight first."""
    with database.write() as tx:
        tx.execute(update(run_plans).where(run_plans.c.run == run_id).values(seats=seats))


def stop_plan(database: Database, run_id: str) -> None:
    """Have nobody begin more of a run; what is under way is finished and handed over."""
    with database.write() as tx:
        tx.execute(update(run_plans).where(run_plans.c.run == run_id).values(stopped=True))


def revoke_seats(database: Database, run_id: str) -> None:
    """Take from everybody what they hold: what they would hand over now is refused."""
    with database.write() as tx:
        lock_plan(tx, run_id)
        tx.execute(update(run_seats).where(run_seats.c.run == run_id, run_seats.c.held).values(held=False))


def drop_plan(database: Database, run_id: str) -> None:
    """Forget how a run was shared, once all that came of it is in the warehouse."""
    with database.write() as tx:
        for table in (run_handovers, run_seats, run_shards, run_plans):
            tx.execute(delete(table).where(table.c.run == run_id))


def lock_plan(tx: Connection, run_id: str) -> Row[Any] | None:
    """Take turns with all who share out, take and give back parts of a run; return its plan, if there is one."""
    return tx.execute(select(run_plans).where(run_plans.c.run == run_id).with_for_update()).one_or_none()


def release_expired(tx: Connection, run_id: str) -> None:
    """Give what dead workers held back to the others; under the plan's lock."""
    seats = run_seats.c
    expired = update(run_seats).where(seats.run == run_id, seats.held, seats.expires < clock()).values(held=False)
    dead = tx.execute(expired.returning(seats.id)).scalars().all()
    if dead:
        give_back(tx, dead)


def give_back(tx: Connection, seats: Sequence[str]) -> None:
    """Let others take what of some seats' shards is not done."""
    c = run_shards.c
    tx.execute(update(run_shards).where(c.seat.in_(seats), c.done.is_(False)).values(seat=None))


def _shard(run_id: str, number: int, part: Part) -> dict[str, object]:
    return {
        "run": run_id,
        "number": number,
        "repeat": part.repeat,
        "ranges": part.ranges,
        "samples": part.samples,
        "finished": 0,
        "failed": 0,
        "seat": None,
        "done": False,
    }
