import threading
import time

import pytest

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.merging import Merging
from windlass.telemetry.writer import Writer

from .sending import request, span

PATIENCE_S = 30.0


class Arrivals:
    """A clock, and how much came by then."""

    def __init__(self) -> None:
        self.time_s = 0.0
        self.bytes = 0


@pytest.fixture
def arrivals() -> Arrivals:
    return Arrivals()


@pytest.fixture
def merging(warehouse: Warehouse, arrivals: Arrivals) -> Merging:
    return Merging(
        warehouse, lambda: arrivals.bytes, most_bytes=1000, window_s=60.0, clock=lambda: arrivals.time_s
    )


def made(warehouse: Warehouse) -> str:
    (row,) = warehouse.query(
        "SELECT create_table_query AS made FROM system.tables "
        "WHERE database = currentDatabase() AND name = 'spans'"
    )
    return str(row["made"])


def count_parts(warehouse: Warehouse) -> int:
    (row,) = warehouse.query(
        "SELECT toInt32(count()) AS n FROM system.parts "
        "WHERE database = currentDatabase() AND table = 'spans' AND active"
    )
    return int(str(row["n"]))


def look(merging: Merging) -> None:
    merging.look(threading.Event())


def is_for_many(warehouse: Warehouse) -> bool:
    return "max_bytes_to_merge_at_max_space_in_pool = 150000000" in made(warehouse)


def test_what_arrives_within_a_window_says_how_far(
    warehouse: Warehouse, merging: Merging, arrivals: Arrivals
) -> None:
    look(merging)
    assert not is_for_many(warehouse)

    arrivals.time_s, arrivals.bytes = 10, 1001
    look(merging)
    assert is_for_many(warehouse)

    for arrivals.time_s in range(20, 70, 10):
        look(merging)
        assert is_for_many(warehouse)
    arrivals.time_s = 70
    look(merging)
    assert not is_for_many(warehouse)

    # Little by little is few, however long it goes on.
    for arrivals.time_s in range(80, 400, 10):
        arrivals.bytes += 150
        look(merging)
        assert not is_for_many(warehouse)


def test_a_few_parts_that_lie_side_by_side_are_merged_when_few_spans_arrive(
    warehouse: Warehouse, writer: Writer, merging: Merging
) -> None:
    for number in range(1, 7):
        writer.write_spans("default", request(span(number, number)))
    assert count_parts(warehouse) == 6

    look(merging)

    until = time.monotonic() + PATIENCE_S
    while count_parts(warehouse) > 3:
        assert time.monotonic() < until, "the parts were not merged"
        time.sleep(0.1)


def test_what_was_said_is_not_said_again(warehouse: Warehouse, merging: Merging) -> None:
    look(merging)
    warehouse.execute("ALTER TABLE spans MODIFY SETTING min_parts_to_merge_at_once = 7")

    look(merging)

    assert "min_parts_to_merge_at_once = 7," in made(warehouse)


def test_a_schema_begins_as_where_many_arrive(warehouse: Warehouse, merging: Merging, arrivals: Arrivals) -> None:
    before = made(warehouse)

    arrivals.bytes = 1001
    look(merging)

    assert made(warehouse) == before


def test_a_writer_counts_what_it_loads(warehouse: Warehouse, writer: Writer) -> None:
    assert writer.loaded_bytes == 0

    writer.write_spans("default", request(span(1, 1)))
    once = writer.loaded_bytes
    writer.write_spans("default", request(span(1, 2)))

    assert once > 0
    assert writer.loaded_bytes == 2 * once
