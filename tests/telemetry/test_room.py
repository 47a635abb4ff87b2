import math

import pytest

from windlass.telemetry.room import Room


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def room(clock: Clock) -> Room:
    """A room of 100 bytes, whose last load took a second for 50."""
    room = Room(100, clock)
    room.take(50)
    room.begin_load(50)
    clock.now += 1
    room.free(50)
    room.end_load(succeeded=True)
    return room


def test_there_is_room_up_to_the_bound(room: Room) -> None:
    room.take(99)
    assert room.wait_s() == 0
    room.take(1)
    assert room.wait_s() == math.inf
    room.free(1)
    assert room.wait_s() == 0


def test_a_load_gives_its_room_back_evenly_at_the_rate_of_the_one_before(room: Room, clock: Clock) -> None:
    room.take(124)
    room.begin_load(60)

    assert room.wait_s() == pytest.approx(0.5)
    clock.now += 0.5
    assert room.wait_s() == 0
    room.take(25)
    assert room.wait_s() == pytest.approx(0.5)


def test_no_more_is_given_back_than_is_loaded(room: Room, clock: Clock) -> None:
    room.take(160)
    room.begin_load(60)
    clock.now += 1000

    assert room.wait_s() == math.inf
    room.free(60)
    assert room.wait_s() == math.inf
    room.end_load(succeeded=True)
    room.take(-1)
    assert room.wait_s() == 0


def test_before_the_first_load_has_ended_nothing_is_given_back(clock: Clock) -> None:
    room = Room(100, clock)
    room.take(100)
    room.begin_load(100)
    clock.now += 10

    assert room.wait_s() == math.inf


def test_a_load_that_failed_says_nothing_of_the_rate(room: Room, clock: Clock) -> None:
    room.take(149)
    room.begin_load(50)
    clock.now += 10
    room.end_load(succeeded=False)

    assert room.wait_s() == math.inf
    room.begin_load(50)
    assert room.wait_s() == pytest.approx(1)
