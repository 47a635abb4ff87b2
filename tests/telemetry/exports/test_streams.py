"""Exports of what a list of traces lists: JSON lines, Parquet, and their bounds."""

import json
from pathlib import Path

import pytest

from tests.telemetry.sending import START_NS, request, span, trace_id
from windlass.errors import InputError
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.exports.parquet import write_parquet
from windlass.telemetry.exports.streams import export_traces
from windlass.telemetry.filters import TraceFilters
from windlass.telemetry.models import Trace
from windlass.telemetry.scores import Score
from windlass.telemetry.sql.views import SPAN_COLUMNS
from windlass.telemetry.traces import get_trace, walk_traces
from windlass.telemetry.writer import Writer


def store(writer: Writer, traces: int) -> None:
    spans = []
    for trace in range(1, traces + 1):
        at = START_NS + trace * 10**9
        spans.append(span(trace, 1, name=f"root {trace}", start_ns=at, error=trace % 2 == 0))
        spans.append(
            span(trace, 2, parent=1, name="child", start_ns=at + 1, attributes={"user.id": "ada", "n": [1]})
        )
    writer.write_spans("guide", request(*spans))
    writer.write_spans("guide", request(spans[0]))
    writer.write_spans("other", request(span(99, 1, name="of another project")))
    score = Score(trace_id=trace_id(1), name="good", value=0.5, source="human", explanation="yes")
    writer.write_scores("guide", [score, score.model_copy(update={"span_id": "0" * 15 + "2", "name": "child"})])


def test_json_lines_have_each_trace_whole_newest_first(warehouse: Warehouse, writer: Writer) -> None:
    store(writer, 3)
    lines = b"".join(export_traces(warehouse, "guide", "jsonl")).splitlines()
    traces = [Trace.model_validate_json(line) for line in lines]
    assert traces == [get_trace(warehouse, "guide", trace_id(trace)) for trace in (3, 2, 1)]
    assert [score.name for score in traces[-1].scores] == ["child", "good"]


@pytest.mark.parametrize("page", [1, 2, 3, 100])
def test_pages_leave_nothing_out_and_repeat_nothing(warehouse: Warehouse, writer: Writer, page: int) -> None:
    store(writer, 7)

    def walked(**filters: object) -> list[str]:
        wanted = TraceFilters(**filters)  # type: ignore[arg-type]  # by name
        return [
            bounds.trace_id
            for each in walk_traces(warehouse, "guide", filters=wanted, page=page)
            for bounds in each
        ]

    assert walked() == [trace_id(trace) for trace in range(7, 0, -1)]
    assert walked(status="error") == [trace_id(trace) for trace in (6, 4, 2)]
    assert walked(q="root 5") == [trace_id(5)]
    assert walked(run="none") == []


def test_a_filtered_export_has_what_the_list_has(warehouse: Warehouse, writer: Writer) -> None:
    store(writer, 5)
    lines = b"".join(export_traces(warehouse, "guide", "jsonl", filters=TraceFilters(status="error")))
    assert [json.loads(line)["name"] for line in lines.splitlines()] == ["root 4", "root 2"]


def test_an_export_is_made_piece_by_piece(warehouse: Warehouse, writer: Writer) -> None:
    """What is not asked for yet is not read: a trace that is gone by then is not in it."""
    store(writer, 201)
    pieces = export_traces(warehouse, "guide", "otlp")
    first = next(pieces)
    warehouse.execute("ALTER TABLE spans DELETE WHERE name = 'root 1' SETTINGS mutations_sync = 2")
    rest = b"".join(pieces)
    assert b'"root 201"' in first
    assert b'"root 2"' in rest
    assert b'"root 1"' not in rest


def test_parquet_has_a_row_for_each_span_with_its_scores(
    warehouse: Warehouse, writer: Writer, tmp_path: Path
) -> None:
    store(writer, 3)
    file = tmp_path / "traces.parquet"
    file.write_bytes(b"".join(export_traces(warehouse, "guide", "parquet")))
    columns = warehouse.query(f"DESCRIBE file('{file}', Parquet)")
    assert [row["name"] for row in columns] == [*(column.name for column in SPAN_COLUMNS), "scores"]
    rows = warehouse.query(
        "SELECT trace_id, name, user, status, arrayMap(s -> (s.name, s.value), scores) AS judged "
        f"FROM file('{file}', Parquet) ORDER BY trace_id, span_id"
    )
    assert [(row["trace_id"], row["name"], row["user"], row["status"]) for row in rows] == [
        (trace_id(1), "root 1", "", "unset"),
        (trace_id(1), "child", "ada", "unset"),
        (trace_id(2), "root 2", "", "error"),
        (trace_id(2), "child", "ada", "unset"),
        (trace_id(3), "root 3", "", "unset"),
        (trace_id(3), "child", "ada", "unset"),
    ]
    assert [sorted(row["judged"]) for row in rows[:3]] == [[("good", 0.5)], [("child", 0.5), ("good", 0.5)], []]  # type: ignore[call-overload]


@pytest.mark.parametrize("data_format", ["jsonl", "otlp", "otlp-protobuf", "parquet"])
def test_an_export_of_nothing_is_an_empty_file_of_its_kind(
    warehouse: Warehouse, writer: Writer, tmp_path: Path, data_format: str
) -> None:
    del writer
    data = b"".join(export_traces(warehouse, "guide", data_format))  # type: ignore[arg-type]  # from the list above
    if data_format != "parquet":
        assert data == b""
        return
    file = tmp_path / "traces.parquet"
    file.write_bytes(data)
    assert warehouse.query(f"SELECT count() AS n FROM file('{file}', Parquet)") == [{"n": 0}]


def test_a_parquet_file_of_too_many_traces_is_refused(
    warehouse: Warehouse, writer: Writer, tmp_path: Path
) -> None:
    store(writer, 3)
    with pytest.raises(InputError, match="more than 2 traces"):
        write_parquet(warehouse, "guide", walk_traces(warehouse, "guide"), tmp_path / "x.parquet", most=2)
    assert list(tmp_path.glob("*.parquet")) == []
