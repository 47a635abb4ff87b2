"""Asking what every list asks, before anybody does."""

import re

from tests.telemetry.sending import request, span
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.queries import list_traces
from windlass.telemetry.rehearsal import rehearse
from windlass.telemetry.writer import Writer


def test_it_asks_what_a_list_asks_and_leaves_nothing(warehouse: Warehouse, writer: Writer) -> None:
    writer.write_spans("default", request(span(1)))
    asked: list[str] = []
    query = warehouse.query

    def listening(sql: str, *arguments: object) -> object:
        # The traces of a page are written into the statement.
        asked.append(re.sub(r"trace_id IN \('[^)]*'\)", "trace_id IN (…)", sql))
        return query(sql, *arguments)  # type: ignore[arg-type]

    warehouse.query = listening  # type: ignore[method-assign, assignment]
    rehearse(warehouse)
    rehearsed = set(asked)
    asked.clear()
    assert len(list_traces(warehouse, "default").items) == 1
    # Where there are traces, a list asks for their bounds and their scores too.
    assert len(rehearsed & set(asked)) == len(set(asked)) - 2
    assert query("SELECT * FROM prices WHERE project = ''") == []
