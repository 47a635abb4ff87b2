import os
import re
import sys
import threading
import time
from pathlib import Path

import pytest

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.merging import Merging
from windlass.telemetry.writer import Writer

from .sending import request, span

PATIENCE_S = 30.0
FREED_MB = 50


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
        warehouse,
        lambda: arrivals.bytes,
        few_bytes=1000,
        burst_bytes=2000,
        most_left=4,
        clock=lambda: arrivals.time_s,
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


def memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def at_once(warehouse: Warehouse) -> int:
    """Return how many parts are merged at once: 2 or more where few arrive, 10 where many do, 1000 in a burst."""
    found = re.search(r"min_parts_to_merge_at_once = (\d+)", made(warehouse))
    assert found
    return int(found[1])


def test_what_arrives_within_two_minutes_says_how_far(
    warehouse: Warehouse, merging: Merging, arrivals: Arrivals
) -> None:
    look(merging)
    assert at_once(warehouse) == 2

    arrivals.time_s, arrivals.bytes = 10, 1001
    look(merging)
    assert at_once(warehouse) == 10

    for arrivals.time_s in range(20, 130, 10):
        look(merging)
        assert at_once(warehouse) == 10
    arrivals.time_s = 130
    look(merging)
    assert at_once(warehouse) == 2

    # Little by little is few, however long it goes on.
    for arrivals.time_s in range(140, 800, 10):
        arrivals.bytes += 80
        look(merging)
        assert at_once(warehouse) == 2


def test_in_a_burst_nothing_is_merged(warehouse: Warehouse, merging: Merging, arrivals: Arrivals) -> None:
    # More than a thousand are not few; they are a burst before.
    for arrivals.time_s in (1.0, 2.0, 3.0):
        arrivals.bytes += 3001
        look(merging)
        assert at_once(warehouse) == 1000

    # For a moment nothing comes.
    arrivals.time_s = 4.0
    look(merging)
    assert at_once(warehouse) == 1000

    arrivals.time_s = 6.0
    look(merging)
    assert at_once(warehouse) == 10


def test_what_came_in_a_long_time_is_no_burst(warehouse: Warehouse, merging: Merging, arrivals: Arrivals) -> None:
    arrivals.time_s, arrivals.bytes = 10.0, 20_000
    look(merging)
    assert at_once(warehouse) == 10

    # A look that comes late, after ten more.
    arrivals.time_s, arrivals.bytes = 20.0, 40_000
    look(merging)
    assert at_once(warehouse) == 10


def test_what_a_server_said_that_was_killed_in_a_burst_does_not_last(
    warehouse: Warehouse, merging: Merging, arrivals: Arrivals
) -> None:
    arrivals.bytes = 5001
    look(merging)
    assert at_once(warehouse) == 1000

    look(Merging(warehouse, lambda: 0))

    assert at_once(warehouse) == 2


def test_a_burst_leaves_no_more_parts_than_it_may(
    warehouse: Warehouse, writer: Writer, merging: Merging, arrivals: Arrivals
) -> None:
    def arrive() -> int:
        arrivals.time_s += 1
        arrivals.bytes += 5001
        look(merging)
        return at_once(warehouse)

    for number in range(1, 4):
        writer.write_spans("default", request(span(number, number)))
    # Of four that it may leave: as it has not begun, only two.
    assert arrive() == 10

    warehouse.execute("OPTIMIZE TABLE spans FINAL")
    assert arrive() == 1000

    for number in range(4, 7):
        writer.write_spans("default", request(span(number, number)))
    assert arrive() == 1000
    writer.write_spans("default", request(span(7, 7)))
    assert arrive() == 10


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the engine has another allocator")
@pytest.mark.parametrize(("parts", "given_back"), [(2, False), (3, True)])
def test_memory_is_given_back_where_merges_go_on_beside_a_burst(
    warehouse: Warehouse, writer: Writer, merging: Merging, arrivals: Arrivals, parts: int, given_back: bool
) -> None:
    # Of four parts that a burst may leave it may leave two when it begins.
    for number in range(1, parts):
        writer.write_spans("default", request(span(number, number)))
    warehouse.query("SELECT toInt64(length(groupArray(number))) AS n FROM numbers(20000000)")
    before = memory_mb()

    arrivals.bytes = 5001
    look(merging)

    assert at_once(warehouse) == (10 if given_back else 1000)
    assert (before - memory_mb() > FREED_MB) == given_back


def test_a_burst_leaves_its_parts_as_they_are(
    warehouse: Warehouse, writer: Writer, merging: Merging, arrivals: Arrivals
) -> None:
    arrivals.bytes = 5001
    look(merging)

    for number in range(1, 13):
        writer.write_spans("default", request(span(number, number)))

    # Where many arrive, ten of them are merged at once.
    time.sleep(1.0)
    assert count_parts(warehouse) == 12


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


def test_a_burst_is_seen_before_a_second_has_passed(
    warehouse: Warehouse, merging: Merging, arrivals: Arrivals
) -> None:
    arrivals.time_s, arrivals.bytes = 0.25, 1500
    look(merging)
    assert at_once(warehouse) == 10

    arrivals.time_s, arrivals.bytes = 0.5, 3000
    look(merging)
    assert at_once(warehouse) == 1000


def test_a_writer_counts_what_it_takes_before_it_is_loaded(writer: Writer) -> None:
    assert writer.arrived_bytes == 0

    # What nobody waits for is loaded later.
    writer.commit_spans("default", request(span(1, 1)))
    once = writer.arrived_bytes
    writer.commit_spans("default", request(span(1, 2)))

    assert once > 0
    assert writer.arrived_bytes == 2 * once
