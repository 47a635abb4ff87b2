import threading
import time

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.merging import Merging
from windlass.telemetry.writer import Writer

from .sending import request, span

WINDOW_S = 2


def made(warehouse: Warehouse) -> str:
    (row,) = warehouse.query(
        "SELECT create_table_query AS made FROM system.tables "
        "WHERE database = currentDatabase() AND name = 'spans'"
    )
    return str(row["made"])


def look(merging: Merging) -> None:
    merging.look(threading.Event())


def test_spans_are_merged_as_far_as_there_is_time_for(warehouse: Warehouse, writer: Writer) -> None:
    merging = Merging(warehouse, most_spans=2, window_s=WINDOW_S)

    look(merging)
    assert "max_bytes_to_merge_at_max_space_in_pool = 600000000" in made(warehouse)
    assert "min_parts_to_merge_at_once = 2," in made(warehouse)

    writer.write_spans("default", request(span(1, 1), span(1, 2), span(1, 3)))
    look(merging)
    assert "max_bytes_to_merge_at_max_space_in_pool = 150000000" in made(warehouse)
    assert "min_parts_to_merge_at_once = 10," in made(warehouse)

    time.sleep(WINDOW_S + 1)
    look(merging)
    assert "max_bytes_to_merge_at_max_space_in_pool = 600000000" in made(warehouse)


def test_what_was_said_is_not_said_again(warehouse: Warehouse) -> None:
    merging = Merging(warehouse)
    look(merging)
    warehouse.execute("ALTER TABLE spans MODIFY SETTING min_parts_to_merge_at_once = 7")

    look(merging)

    assert "min_parts_to_merge_at_once = 7," in made(warehouse)


def test_a_schema_begins_as_where_many_arrive(warehouse: Warehouse) -> None:
    before = made(warehouse)

    look(Merging(warehouse, most_spans=-1))

    assert made(warehouse) == before
