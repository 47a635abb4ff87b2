from pathlib import Path

import pytest

from windlass.errors import ConfigurationError
from windlass.storage.warehouse import Warehouse
from windlass.telemetry import schema
from windlass.telemetry.conventions import COLUMNS, Column
from windlass.telemetry.queries import get_trace
from windlass.telemetry.writer import Writer

from .otlp import request, span, trace_id


def tables(warehouse: Warehouse) -> list[str]:
    rows = warehouse.query("SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name")
    return [str(row["name"]) for row in rows]


def test_preparing_twice_changes_nothing(warehouse: Warehouse) -> None:
    inbox = schema.prepare(warehouse)
    first = tables(warehouse)

    assert schema.prepare(warehouse) == inbox
    assert tables(warehouse) == first
    assert first == [
        inbox.table,
        f"{inbox.table}_view",
        "schema_steps",
        "scores",
        "spans",
        "traces",
        "traces_view",
    ]


def test_other_conventions_get_an_inbox_of_their_own(
    warehouse: Warehouse, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = schema.prepare(warehouse)
    renamed = tuple(
        column._replace(sources=("app.model", *column.sources)) if column.name == "request_model" else column
        for column in COLUMNS
    )
    monkeypatch.setattr(schema, "_SOURCES", schema._sources(renamed))
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


def test_a_warehouse_of_a_newer_schema_is_refused(warehouse: Warehouse, spool: Path) -> None:
    schema.prepare(warehouse)
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
