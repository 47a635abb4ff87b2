"""The ledger of a shared run with a ceiling: a row for each seat, and one transaction for each call."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Row, select, update

from windlass.evaluation.run_options import RunOptions
from windlass.evaluation.workers.patience import Patience
from windlass.evaluation.workers.plans import lock_plan, release_expired
from windlass.evaluation.workers.seats import Seat, SeatLost
from windlass.evaluation.workers.tables import run_plans, run_seats
from windlass.models.calls.budget import Amount
from windlass.models.calls.shared_budget import Answer
from windlass.storage.database import Database


class RunLedger:
    """What all seats of a run spent and hold, as one of them sees it.

    What a worker held that died stays counted: its calls may have been charged.
    """

    def __init__(self, database: Database, seat: Seat, options: RunOptions, patience: Patience) -> None:
        self._database = database
        self._seat = seat
        self._options = options
        self._patience = patience

    def hold(self, most: Amount) -> Answer:
        try:
            return self._patience.until_done(lambda: self._hold(most))
        except SeatLost:
            return "over"

    def settle(self, held: Amount, used: Amount) -> None:
        # What is not settled stays held, and so counts as spent.
        with suppress(SeatLost):
            self._patience.until_done(lambda: self._settle(held, used))

    def _hold(self, most: Amount) -> Answer:
        with self._database.write() as tx:
            plan = lock_plan(tx, self._seat.run)
            if plan is None or plan.stopped:
                return "over"
            release_expired(tx, self._seat.run)
            seats = tx.execute(select(run_seats).where(run_seats.c.run == self._seat.run)).all()
            if not any(seat.id == self._seat.id and seat.held for seat in seats):
                return "over"
            if self._fits(plan, seats, most):
                self._add(tx, reserved=most)
                return "held"
            if any(seat.held and seat.reserved_tokens for seat in seats):
                return "wait"
            tx.execute(update(run_plans).where(run_plans.c.run == self._seat.run).values(stopped=True))
            return "over"

    def _settle(self, held: Amount, used: Amount) -> None:
        with self._database.write() as tx:
            released = Amount(-held.tokens, -(held.cost_usd or 0.0))
            self._add(tx, reserved=released, spent=used)

    def _fits(self, plan: Row[Any], seats: Sequence[Row[Any]], most: Amount) -> bool:
        tokens = plan.calls["spent_tokens"] + sum(seat.spent_tokens + seat.reserved_tokens for seat in seats)
        cost = plan.calls["spent_usd"] + sum(seat.spent_usd + seat.reserved_usd for seat in seats)
        most_tokens, most_cost = self._options.max_tokens, self._options.max_cost_usd
        money = most_cost is None or (most.cost_usd is not None and cost + most.cost_usd <= most_cost)
        return money and (most_tokens is None or tokens + most.tokens <= most_tokens)

    def _add(self, tx: Connection, *, reserved: Amount, spent: Amount | None = None) -> None:
        c = run_seats.c
        values: dict[Any, Any] = {
            c.reserved_tokens: c.reserved_tokens + reserved.tokens,
            c.reserved_usd: c.reserved_usd + (reserved.cost_usd or 0.0),
        }
        if spent is not None:
            values[c.spent_tokens] = c.spent_tokens + spent.tokens
            values[c.spent_usd] = c.spent_usd + (spent.cost_usd or 0.0)
        tx.execute(update(run_seats).where(c.id == self._seat.id).values(values))
