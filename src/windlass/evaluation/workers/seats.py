"""Seats: a worker's place in a run, with its share of the limits, for as long as it gives signs of life."""

import secrets
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, and_, exists, func, insert, select, update

from windlass.errors import WindlassError
from windlass.evaluation.runs import UNFINISHED
from windlass.evaluation.tables import runs
from windlass.evaluation.workers.plans import give_back, lock_plan, release_expired
from windlass.evaluation.workers.roster import Worker, until
from windlass.evaluation.workers.shares import Ranges
from windlass.evaluation.workers.tables import run_handovers, run_plans, run_seats, run_shards
from windlass.models.calls.counts import CallCounts
from windlass.storage.database import Database
from windlass.version import __version__

_NOTHING_RESERVED: Final = {"reserved_tokens": 0, "reserved_usd": 0.0}


class SeatLost(WindlassError):
    """Others took over what this worker held: it gave no sign of life for too long."""


class Seat(NamedTuple):
    id: str
    run: str
    number: int
    seats: int
    """How many the run has."""
    model_base_url: str
    """Where its server asks OpenAI-compatible models."""


class Shard(NamedTuple):
    """What one worker has to do next."""

    number: int
    repeat: int
    ranges: Ranges
    finished: frozenset[int]
    """Items of it that somebody finished who is gone."""


def take_seat(database: Database, worker: Worker, lease_s: float) -> Seat | None:
    """Take a place in a run that has one free and something to do: in that with the fewest at work."""
    with database.write() as tx:
        for run_id in _candidates(tx, worker):
            # Who else is choosing at this moment goes on to the next run, and does not wait for this one.
            query = select(run_plans).where(run_plans.c.run == run_id).with_for_update(skip_locked=True)
            plan = tx.execute(query).one_or_none()
            seat = None if plan is None else _take(tx, plan, worker, lease_s)
            if seat is not None:
                return seat
    return None


def renew_seat(database: Database, seat: Seat, lease_s: float, calls: CallCounts) -> bool:
    """Say that the seat's worker lives, and what its calls came to; return whether to go on.

    Raises SeatLost.
    """
    with database.write() as tx:
        keep_seat(tx, seat, lease_s, calls)
        ended = select(run_plans.c.stopped, run_plans.c.seats, runs.c.state).where(
            run_plans.c.run == seat.run, runs.c.id == run_plans.c.run
        )
        plan = tx.execute(ended).one_or_none()
    if plan is None or plan.stopped:
        return False
    return plan.state in UNFINISHED and plan.seats == seat.seats


def keep_seat(tx: Connection, seat: Seat, lease_s: float, calls: CallCounts) -> None:
    """Renew a seat in the transaction of what is done with it. Raises SeatLost."""
    c = run_seats.c
    kept = (
        update(run_seats).where(c.id == seat.id, c.held).values(expires=until(lease_s), calls=calls.model_dump())
    )
    if tx.execute(kept).rowcount != 1:
        raise SeatLost(f"Others took over what this worker had of {seat.run}.")


def end_seat(database: Database, seat: Seat, calls: CallCounts, error: str | None = None) -> None:
    """Give a seat back, and what is not done of its shard; with an error, for good."""
    c = run_seats.c
    with database.write() as tx:
        lock_plan(tx, seat.run)
        held = update(run_seats).where(c.id == seat.id, c.held)
        if tx.execute(held.values(held=False, calls=calls.model_dump(), **_NOTHING_RESERVED)).rowcount:
            give_back(tx, [seat.id])
        if error is not None:
            tx.execute(update(run_seats).where(c.id == seat.id).values(error=error))


def take_shard(database: Database, seat: Seat) -> Shard | None:
    """Take the next shard; None when none waits, or none is to be begun in this seat. Raises SeatLost."""
    c = run_shards.c
    with database.write() as tx:
        plan = lock_plan(tx, seat.run)
        held = tx.execute(select(run_seats.c.held).where(run_seats.c.id == seat.id)).scalar_one_or_none()
        if plan is None or not held:
            raise SeatLost(f"Others took over what this worker had of {seat.run}.")
        release_expired(tx, seat.run)
        waiting = select(run_shards).where(c.run == seat.run, c.seat.is_(None), c.done.is_(False))
        over = plan.stopped or plan.seats != seat.seats
        row = None if over else tx.execute(waiting.order_by(c.number).limit(1)).one_or_none()
        if row is None:
            return None
        tx.execute(update(run_shards).where(c.run == seat.run, c.number == row.number).values(seat=seat.id))
        return _shard(tx, row)


def finish_shard(database: Database, seat: Seat, shard: Shard) -> None:
    """Say that all of a shard is handed over."""
    c = run_shards.c
    with database.write() as tx:
        mine = update(run_shards).where(c.run == seat.run, c.number == shard.number, c.seat == seat.id)
        tx.execute(mine.values(done=True))


def _candidates(tx: Connection, worker: Worker) -> list[str]:
    held = select(func.count()).where(run_seats.c.run == run_plans.c.run, run_seats.c.held).scalar_subquery()
    undone = exists().where(run_shards.c.run == run_plans.c.run, run_shards.c.done.is_(False))
    given_up = exists().where(
        run_seats.c.run == run_plans.c.run, run_seats.c.worker == worker.id, run_seats.c.error.is_not(None)
    )
    query = (
        select(run_plans.c.run)
        # A run that failed or was cancelled may have a plan still, until its server looks.
        .join(runs, and_(runs.c.id == run_plans.c.run, runs.c.state.in_(UNFINISHED)))
        .where(run_plans.c.version == __version__, run_plans.c.stopped.is_(False), undone, ~given_up)
        .order_by(held, run_plans.c.created)
    )
    return list(tx.execute(query).scalars())


def _take(tx: Connection, plan: Row[Any], worker: Worker, lease_s: float) -> Seat | None:
    release_expired(tx, plan.run)
    c = run_shards.c
    waits = select(exists().where(c.run == plan.run, c.seat.is_(None), c.done.is_(False)))
    held = select(run_seats.c.number, run_seats.c.seats).where(run_seats.c.run == plan.run, run_seats.c.held)
    taken = tx.execute(held).all()
    free = sorted(set(range(plan.seats)) - {other.number for other in taken})
    # While somebody has a share of another division, all together would have more than there is.
    divided_anew = any(other.seats != plan.seats for other in taken)
    if not free or divided_anew or plan.stopped or not tx.execute(waits).scalar_one():
        return None
    seat = Seat(f"seat-{secrets.token_hex(8)}", plan.run, free[0], plan.seats, plan.model_base_url)
    tx.execute(
        insert(run_seats).values(
            id=seat.id,
            run=seat.run,
            number=seat.number,
            seats=seat.seats,
            worker=worker.id,
            held=True,
            expires=until(lease_s),
            calls=CallCounts().model_dump(),
            spent_tokens=0,
            spent_usd=0.0,
            **_NOTHING_RESERVED,
        )
    )
    return seat


def _shard(tx: Connection, row: Row[Any]) -> Shard:
    c = run_handovers.c
    handed = tx.execute(select(c.finished).where(c.run == row.run, c.shard == row.number)).scalars()
    finished = frozenset(item for items in handed for item in items)
    return Shard(row.number, row.repeat, [(first, end) for first, end in row.ranges], finished)
