"""Work in the background that comes again and again."""

import threading

from windlass.errors import Unavailable
from windlass.server.rounds import Duty, Rounds


def test_a_duty_that_fails_is_tried_again_and_keeps_no_other_from_being_done() -> None:
    done: list[str] = []
    enough = threading.Event()

    def do(name: str, error: Exception) -> Duty:
        def fail(_stopping: threading.Event) -> None:
            done.append(name)
            if done.count("ours") > 1 and done.count("away") > 1:
                enough.set()
            raise error

        return Duty(name, 0.001, fail)

    rounds = Rounds([do("away", Unavailable("the database is away")), do("ours", ZeroDivisionError())])
    rounds.start()
    try:
        assert enough.wait(20)
    finally:
        rounds.close()
    seen = len(done)
    rounds.start()
    assert len(done) == seen


def test_a_duty_is_told_when_the_server_is_about_to_end() -> None:
    told: list[bool] = []
    began = threading.Event()

    def wait(stopping: threading.Event) -> None:
        began.set()
        told.append(stopping.wait(20))

    rounds = Rounds([Duty("waiting", 0.001, wait)])
    rounds.start()
    assert began.wait(20)
    rounds.close()
    assert told == [True]
