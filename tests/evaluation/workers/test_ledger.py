"""A ceiling that several workers share, on PostgreSQL."""

import asyncio
import threading

import pytest
from sqlalchemy import update

from windlass.evaluation.run_options import RunOptions
from windlass.evaluation.workers.ledger import RunLedger
from windlass.evaluation.workers.patience import Patience
from windlass.evaluation.workers.plans import look_at
from windlass.evaluation.workers.seats import Seat, end_seat
from windlass.evaluation.workers.tables import run_seats
from windlass.models.calls.budget import Amount
from windlass.models.calls.counts import CallCounts
from windlass.models.calls.shared_budget import SharedBudget
from windlass.models.calls.stopping import Stopped, StopSign
from windlass.storage.database import now

from .conftest import SharedRun

pytestmark = pytest.mark.postgres


def ledger(shared: SharedRun, seat: Seat, options: RunOptions) -> RunLedger:
    return RunLedger(shared.database, seat, options, Patience(threading.Event()))


def test_what_one_worker_holds_another_cannot_spend(shared: SharedRun) -> None:
    options = RunOptions(max_tokens=100)
    shared.plan(shared.record(options=options))
    first, second = (ledger(shared, shared.seat(shared.worker(name)), options) for name in "ab")
    assert first.hold(Amount(60, None)) == "held"
    assert second.hold(Amount(60, None)) == "wait", "the first may take less than it holds"
    first.settle(Amount(60, None), Amount(30, None))
    assert second.hold(Amount(60, None)) == "held"
    second.settle(Amount(60, None), Amount(60, None))
    assert first.hold(Amount(11, None)) == "over"
    assert first.hold(Amount(1, None)) == "over", "the run is stopped for everybody"


def test_what_a_dead_worker_held_counts_as_spent(shared: SharedRun) -> None:
    options = RunOptions(max_tokens=100)
    run = shared.record(options=options)
    shared.plan(run)
    seat = shared.seat(shared.worker("dead"))
    assert ledger(shared, seat, options).hold(Amount(70, 0.5)) == "held"
    with shared.database.write() as tx:
        tx.execute(update(run_seats).values(expires=now()))
    other = ledger(shared, shared.seat(shared.worker("other")), options)
    assert other.hold(Amount(40, None)) == "over"
    calls = look_at(shared.database, run.id).calls
    assert (calls.spent_tokens, calls.spent_usd) == (70, 0.5)


def test_a_ceiling_of_money_admits_no_call_without_a_price(shared: SharedRun) -> None:
    options = RunOptions(max_cost_usd=1.0)
    shared.plan(shared.record(options=options))
    book = ledger(shared, shared.seat(shared.worker("a")), options)
    assert book.hold(Amount(1, 0.9)) == "held"
    book.settle(Amount(1, 0.9), Amount(1, 0.9))
    assert book.hold(Amount(1, None)) == "over"


def test_many_calls_of_many_workers_never_pass_the_ceiling(shared: SharedRun) -> None:
    options = RunOptions(max_tokens=1000)
    run = shared.record(options=options, concurrency=8)
    shared.plan(run, workers=4)
    seats = [shared.seat(shared.worker(str(number))) for number in range(4)]

    async def work(seat: Seat) -> int:
        sign = StopSign()
        budget = SharedBudget(sign, ledger(shared, seat, options))

        async def calls() -> None:
            while True:
                async with budget.reserve(Amount(40, None)) as bill:
                    bill.begin()
                    await asyncio.sleep(0)
                    bill.used = Amount(25, None)

        answers = await asyncio.gather(calls(), calls(), return_exceptions=True)
        assert all(isinstance(answer, Stopped) for answer in answers), answers
        return budget.tokens

    spent: list[int] = []
    threads = [threading.Thread(target=lambda seat=seat: spent.append(asyncio.run(work(seat)))) for seat in seats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(spent) == 975, "one more call may take 40 tokens, and 25 are left"
    for seat in seats:
        end_seat(shared.database, seat, CallCounts())
    assert look_at(shared.database, run.id).calls.spent_tokens == 975
