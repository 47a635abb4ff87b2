"""Who has what of a shared run, on PostgreSQL."""

import pytest
from sqlalchemy import update

from windlass.evaluation.run_states import fail_run
from windlass.evaluation.workers.plans import count_able, drop_plan, fit_seats, look_at, revoke_seats, stop_plan
from windlass.evaluation.workers.roster import leave, stay
from windlass.evaluation.workers.seats import (
    SeatLost,
    end_seat,
    finish_shard,
    renew_seat,
    take_seat,
    take_shard,
)
from windlass.evaluation.workers.tables import run_plans
from windlass.models.calls.counts import CallCounts

from .conftest import LEASE_S, SharedRun

pytestmark = pytest.mark.postgres

PAST_S = -1.0
"""A lease that was over before it began."""


def test_two_workers_have_seats_of_their_own_and_never_the_same_shard(shared: SharedRun) -> None:
    run = shared.record()
    shared.plan(run)
    first, second = shared.seat(shared.worker("a")), shared.seat(shared.worker("b"))
    assert [(seat.run, seat.number, seat.seats) for seat in (first, second)] == [(run.id, 0, 2), (run.id, 1, 2)]
    assert take_seat(shared.database, shared.worker("c"), LEASE_S) is None, "there are two seats"
    taken = []
    while (mine := take_shard(shared.database, first)) is not None:
        finish_shard(shared.database, first, mine)
        theirs = take_shard(shared.database, second)
        taken += [mine.number, *([theirs.number] if theirs else [])]
    assert sorted(taken) == list(range(12))


def test_what_a_dead_worker_held_is_taken_up_with_what_it_had_finished(shared: SharedRun) -> None:
    run = shared.record()
    shared.plan(run, workers=1)
    dead = shared.seat(shared.worker("dead"), PAST_S)
    other = shared.worker("other")
    seat = shared.seat(other)
    assert seat.number == dead.number == 0, "its place is free, with its share of the limits"
    with pytest.raises(SeatLost, match=r"^Others took over what this worker had of run-"):
        take_shard(shared.database, dead)
    with pytest.raises(SeatLost):
        renew_seat(shared.database, dead, LEASE_S, CallCounts())


def test_a_shard_that_was_begun_goes_back_when_its_seat_ends(shared: SharedRun) -> None:
    run = shared.record()
    shared.plan(run)
    seat = shared.seat(shared.worker("a"))
    begun = take_shard(shared.database, seat)
    assert begun is not None
    end_seat(shared.database, seat, CallCounts(answered=3))
    again = take_shard(shared.database, shared.seat(shared.worker("b")))
    assert again == begun
    standing = look_at(shared.database, run.id)
    assert (standing.calls.answered, standing.held, standing.able) == (3, 1, 2)


def test_a_worker_that_gave_a_run_up_is_given_no_seat_of_it_again(shared: SharedRun) -> None:
    run = shared.record()
    shared.plan(run)
    worker = shared.worker("a")
    end_seat(shared.database, shared.seat(worker), CallCounts(), "There is no key.")
    assert take_seat(shared.database, worker, LEASE_S) is None
    assert look_at(shared.database, run.id).able == 0
    assert shared.seat(shared.worker("b"))


def test_only_workers_that_give_signs_of_life_count(shared: SharedRun) -> None:
    run = shared.record()
    shared.plan(run)
    silent, there = shared.worker("silent", PAST_S), shared.worker("there")
    assert look_at(shared.database, run.id).able == 1
    stay(shared.database, silent, LEASE_S)
    assert look_at(shared.database, run.id).able == 2
    leave(shared.database, there)
    assert look_at(shared.database, run.id).able == 1


def test_a_run_that_has_ended_is_left_alone_though_its_plan_is_there(shared: SharedRun) -> None:
    run = shared.record()
    shared.plan(run)
    fail_run(shared.database, run.id, "The warehouse could not store a span.")
    assert take_seat(shared.database, shared.worker("a"), LEASE_S) is None


def test_a_run_of_another_version_is_left_alone(shared: SharedRun) -> None:
    run = shared.record()
    shared.plan(run)
    with shared.database.write() as tx:
        tx.execute(update(run_plans).values(version="0.0.0"))
    assert take_seat(shared.database, shared.worker("a"), LEASE_S) is None


def test_of_two_runs_the_one_with_fewer_at_work_comes_first(shared: SharedRun) -> None:
    runs = [shared.record(), shared.record()]
    for run in runs:
        shared.plan(run)
    seats = [shared.seat(shared.worker(name)) for name in "abcd"]
    assert [seat.run for seat in seats] == [run.id for run in (*runs, *runs)]


def test_limits_are_divided_anew_once_everybody_let_go_of_the_old_shares(shared: SharedRun) -> None:
    run = shared.record()
    shared.plan(run, workers=1)
    first = shared.seat(shared.worker("a"))
    fit_seats(shared.database, run.id, 2)
    late = shared.worker("late")
    assert take_seat(shared.database, late, LEASE_S) is None, "the first still has all of the limits"
    assert not renew_seat(shared.database, first, LEASE_S, CallCounts()), "it is to end what is in flight"
    assert take_shard(shared.database, first) is None
    end_seat(shared.database, first, CallCounts())
    assert [shared.seat(worker).seats for worker in (late, shared.worker("b"))] == [2, 2]


def test_who_works_on_another_run_does_not_count(shared: SharedRun) -> None:
    runs = [shared.record(), shared.record()]
    shared.plan(runs[0])
    shared.seat(shared.worker("a"))
    shared.worker("b")
    assert [count_able(shared.database, run.id) for run in runs] == [2, 1]


def test_nobody_begins_more_of_a_run_that_is_stopped(shared: SharedRun) -> None:
    run = shared.record()
    shared.plan(run)
    seat = shared.seat(shared.worker("a"))
    assert renew_seat(shared.database, seat, LEASE_S, CallCounts())
    stop_plan(shared.database, run.id)
    assert not renew_seat(shared.database, seat, LEASE_S, CallCounts())
    assert take_shard(shared.database, seat) is None
    assert take_seat(shared.database, shared.worker("b"), LEASE_S) is None


def test_a_seat_of_a_run_that_is_over_for_good_ends_quietly(shared: SharedRun) -> None:
    run = shared.record()
    shared.plan(run)
    seat = shared.seat(shared.worker("a"))
    revoke_seats(shared.database, run.id)
    drop_plan(shared.database, run.id)
    with pytest.raises(SeatLost):
        take_shard(shared.database, seat)
    end_seat(shared.database, seat, CallCounts(), "late")
