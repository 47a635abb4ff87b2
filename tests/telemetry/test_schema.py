import os
from pathlib import Path

import pytest

from windlass.errors import ConfigurationError
from windlass.storage.warehouse import Warehouse
from windlass.telemetry import schema
from windlass.telemetry.conventions import COLUMNS, Column
from windlass.telemetry.preparation import prepare
from windlass.telemetry.queries import get_trace
from windlass.telemetry.view import select_spans
from windlass.telemetry.writer import Writer

from .sending import request, span, trace_id


@pytest.fixture
def warehouse(bare_warehouse: Warehouse) -> Warehouse:
    """Without tables: making them is what is looked at."""
    return bare_warehouse


def tables(warehouse: Warehouse) -> list[str]:
    rows = warehouse.query("SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name")
    return [str(row["name"]) for row in rows]


def test_preparing_twice_changes_nothing(warehouse: Warehouse) -> None:
    inbox = prepare(warehouse)
    first = tables(warehouse)

    assert prepare(warehouse) == inbox
    assert tables(warehouse) == first
    assert {inbox.table, f"{inbox.table}_view", "schema_steps", "scores", "spans", "traces", "traces_view"} <= {
        *first
    }


def test_merges_of_spans_leave_a_place_for_those_of_other_tables(warehouse: Warehouse) -> None:
    prepare(warehouse)
    (spans,) = warehouse.query("SELECT create_table_query AS made FROM system.tables WHERE name = 'spans'")
    (places,) = warehouse.query(
        "SELECT toUInt32(value) AS places FROM system.server_settings WHERE name = 'background_pool_size'"
    )

    # Of the free places, so many are needed for a large merge of spans.
    assert "number_of_free_entries_in_pool_to_lower_max_size_of_merge = 2" in str(spans["made"])
    assert places["places"] == (os.cpu_count() or 1) + 1


def test_other_conventions_get_an_inbox_of_their_own(
    warehouse: Warehouse, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = prepare(warehouse)
    renamed = tuple(
        column._replace(sources=("app.model", *column.sources)) if column.name == "request_model" else column
        for column in COLUMNS
    )
    monkeypatch.setattr(schema, "select_spans", lambda table: select_spans(table, renamed))
    schema.inbox_of_this_version.cache_clear()
    try:
        writer = Writer(warehouse, spool)
        writer.write_spans("shop", request(span(attributes={"app.model": "m1", "gen_ai.request.model": "m2"})))
        writer.close()

        after = schema.inbox_of_this_version()
        assert before.table != after.table
        assert [name for name in tables(warehouse) if name.startswith("inbox")] == [
            after.table,
            f"{after.table}_view",
        ]
        (found,) = get_trace(warehouse, "shop", trace_id()).spans
        assert (found.request_model, found.attributes) == ("m1", {"gen_ai.request.model": "m2"})
    finally:
        schema.inbox_of_this_version.cache_clear()


def test_a_warehouse_of_before_gets_the_columns_that_it_lacks(warehouse: Warehouse, spool: Path) -> None:
    older = [step for step in schema.STEPS if step.number < 4]
    warehouse.apply_steps({"telemetry": older})
    for name in schema.ADDED:
        warehouse.execute(f"ALTER TABLE spans DROP COLUMN {name}")
    warehouse.insert("spans", [{"project": "shop", "name": "of before", "trace_id": "1" * 16, "span_id": "1" * 8}])

    writer = Writer(warehouse, spool)
    writer.write_spans("shop", request(span(attributes={"gen_ai.response.finish_reasons": ["stop"]})))
    writer.close()

    rows = warehouse.query("SELECT finish_reasons, time_to_first_token_s FROM spans ORDER BY start_time")
    assert rows == [
        {"finish_reasons": "", "time_to_first_token_s": None},
        {"finish_reasons": "stop", "time_to_first_token_s": None},
    ]


def test_a_warehouse_of_a_newer_schema_is_refused(warehouse: Warehouse, spool: Path) -> None:
    prepare(warehouse)
    warehouse.insert("schema_steps", [{"schema": "telemetry", "number": 99, "title": "to come"}])

    with pytest.raises(
        ConfigurationError,
        match=rf"telemetry schema step 99, and this windlass knows {schema.STEPS[-1].number}: .* Upgrade",
    ):
        Writer(warehouse, spool)


def test_no_attribute_fills_two_columns() -> None:
    names = [(name, column.type in {"integer", "number"}) for column in COLUMNS for name in column.sources]

    assert len(names) == len(set(names))
    assert all(set(column.kept) <= set(column.sources) for column in COLUMNS)
    assert all(isinstance(column, Column) for column in COLUMNS)


def test_the_sources_that_may_be_structured_are_the_preferred_ones() -> None:
    for column in COLUMNS:
        assert {*column.sources[: len(column.structured)]} >= column.structured
