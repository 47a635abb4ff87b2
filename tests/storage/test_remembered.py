import pytest

from windlass.storage.remembered import Remembered


def test_what_was_read_is_read_again_only_once_something_came_into_its_table() -> None:
    remembered, reads = Remembered(), iter(range(100))

    def read() -> int:
        return next(reads)

    assert [remembered.get("a", "x", read), remembered.get("a", "x", read)] == [0, 0]
    assert [remembered.get("a", "y", read), remembered.get("b", "x", read)] == [1, 2]

    remembered.forget("a")

    assert [remembered.get("a", "x", read), remembered.get("a", "x", read)] == [3, 3]
    assert [remembered.get("a", "y", read), remembered.get("b", "x", read)] == [4, 2]


def test_what_was_read_while_something_came_in_is_not_remembered() -> None:
    remembered = Remembered()

    def read_beside_an_insert() -> str:
        remembered.forget("a")
        return "of before"

    assert remembered.get("a", "x", read_beside_an_insert) == "of before"
    assert remembered.get("a", "x", lambda: "of after") == "of after"


def test_what_could_not_be_read_is_not_remembered() -> None:
    remembered = Remembered()

    def fail() -> str:
        raise OSError("away")

    with pytest.raises(OSError, match="away"):
        remembered.get("a", "x", fail)
    assert remembered.get("a", "x", lambda: "read") == "read"
