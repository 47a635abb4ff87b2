import threading

import pytest

from windlass.evaluation.kept import Kept


def test_the_value_not_asked_for_the_longest_goes_first() -> None:
    kept = Kept[str, str](2)
    made: list[str] = []

    def get(key: str) -> str:
        def make() -> str:
            made.append(key)
            return key.upper()

        return kept.get(key, make)

    assert [get(key) for key in "abacb"] == list("ABACB")
    assert made == ["a", "b", "c", "b"]


def test_a_value_is_made_once_for_all_who_wait_and_others_need_not_wait() -> None:
    kept = Kept[str, int](4)
    go_on, begun = threading.Event(), threading.Event()
    made: list[int] = []

    def slowly() -> int:
        begun.set()
        go_on.wait(10)
        made.append(1)
        return 7

    got: list[int] = []
    threads = [threading.Thread(target=lambda: got.append(kept.get("slow", slowly))) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    assert kept.get("quick", lambda: 1) == 1
    go_on.set()
    for thread in threads:
        thread.join()
    assert (got, made) == ([7, 7, 7], [1])


def test_what_could_not_be_made_is_tried_again() -> None:
    kept = Kept[str, int](2)

    def fail() -> int:
        raise ValueError("gone")

    with pytest.raises(ValueError, match="gone"):
        kept.get("a", fail)
    assert kept.get("a", lambda: 3) == 3
