"""Inserts of many threads at once: each is told of its own, and one that cannot be read harms no other."""

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from windlass.errors import InputError, Unavailable
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.grouped_inserts import GroupedInserts

CREATE = "CREATE TABLE numbers_sent (number Int64) ENGINE = MergeTree ORDER BY number"


class Counting(Warehouse):
    """A warehouse that counts inserts; the first waits until it is let go."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self.inserts: list[int] = []
        self.entered, self.let_go = threading.Event(), threading.Event()

    def insert(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        self.inserts.append(len(rows))
        self.entered.set()
        self.let_go.wait(30)
        self._warehouse.insert(table, rows)


@pytest.fixture
def counting(warehouse: Warehouse) -> Counting:
    warehouse.execute(CREATE)
    return Counting(warehouse)


def stored(warehouse: Warehouse) -> list[object]:
    return [row["number"] for row in warehouse.query("SELECT number FROM numbers_sent ORDER BY number")]


def insert_together(counting: Counting, pool: ThreadPoolExecutor, values: Sequence[object]) -> list[Future[None]]:
    """Hand over values, each from a thread of its own, while an insert of 0 is under way; then let all go on."""
    inserts = GroupedInserts(counting, "numbers_sent")
    first = pool.submit(inserts.insert, [{"number": 0}])
    assert counting.entered.wait(30)
    others = [pool.submit(inserts.insert, [{"number": value}]) for value in values]
    pause = threading.Event()
    while len(inserts._waiting) < len(values):
        pause.wait(0.01)
    counting.let_go.set()
    return [first, *others]


def test_what_waits_while_an_insert_is_under_way_is_one_insert(warehouse: Warehouse, counting: Counting) -> None:
    with ThreadPoolExecutor(10) as pool:
        for done in insert_together(counting, pool, range(1, 9)):
            done.result(30)
    assert counting.inserts == [1, 8]
    assert stored(warehouse) == list(range(9))


def test_one_that_cannot_be_read_is_told_so_and_the_others_are_stored(
    warehouse: Warehouse, counting: Counting
) -> None:
    with ThreadPoolExecutor(10) as pool:
        first, *others = insert_together(counting, pool, [1, "no number", 3])
        for done in (first, others[0], others[2]):
            done.result(30)
        with pytest.raises(InputError, match="cannot be stored"):
            others[1].result(30)
    assert stored(warehouse) == [0, 1, 3]


def test_a_failure_of_the_engine_is_everybodys_and_may_be_tried_again(warehouse: Warehouse) -> None:
    inserts = GroupedInserts(warehouse, "numbers_sent")
    with pytest.raises(Unavailable):
        inserts.insert([{"number": 1}])
    warehouse.execute(CREATE)
    inserts.insert([{"number": 1}])
    inserts.insert([])
    assert stored(warehouse) == [1]
