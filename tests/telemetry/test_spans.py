"""Spans by themselves: which are listed, in which order, what is said of each, and their exports."""

import io
import json
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from windlass.errors import InputError
from windlass.storage.warehouse import Warehouse
from windlass.telemetry import spans as spans_module
from windlass.telemetry import summaries as summaries_module
from windlass.telemetry.exports.streams import export_spans
from windlass.telemetry.queries import Condition, TraceFilters, list_spans
from windlass.telemetry.scores import Score
from windlass.telemetry.traces import get_span
from windlass.telemetry.writer import Writer

from .sending import START_NS, Plain, span, trace_id
from .sending import request as export

PROJECT = "shop"
SECOND = 1_000_000_000
CALL: dict[str, Plain] = {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "search",
    "gen_ai.tool.call.arguments": '{"q": "order"}',
}


@pytest.fixture(params=[1, 4096], ids=["read through", "read by seconds"])
def stored(
    warehouse: Warehouse, writer: Writer, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Warehouse:
    """Two traces, each a root that is fine and a call of a tool; the second call failed and came twice."""
    monkeypatch.setattr(summaries_module, "_MOST_SECONDS", request.param)
    for trace in (1, 2):
        at = START_NS + trace * SECOND
        call = span(trace, 2, parent=1, name="tool", start_ns=at + 1, error=trace == 2, attributes=CALL)
        writer.write_spans(PROJECT, export(span(trace, 1, name="root", start_ns=at), call))
    writer.write_spans(PROJECT, export(call))
    writer.write_spans("other", export(span(9, 1, name="theirs", start_ns=START_NS + 9 * SECOND)))
    bad = Score(trace_id=trace_id(1), span_id=f"{2:016x}", name="useful", value=0, source="judge")
    writer.write_scores(PROJECT, [bad, Score(trace_id=trace_id(2), name="useful", value=0, source="judge")])
    return warehouse


def listed(warehouse: Warehouse, limit: int = 50, **filters: object) -> list[tuple[int, int]]:
    """Return the traces and numbers of all spans that are listed, page by page."""
    found: list[tuple[int, int]] = []
    cursor = None
    while True:
        wanted = TraceFilters(**filters)  # type: ignore[arg-type]  # by name
        page = list_spans(warehouse, PROJECT, filters=wanted, limit=limit, cursor=cursor)
        assert len(page.items) <= limit
        found += [(int(item.trace_id, 16), int(item.span_id, 16)) for item in page.items]
        if (cursor := page.next) is None:
            return found


def where(*texts: str) -> tuple[Condition, ...]:
    return tuple(map(Condition.parse, texts))


def test_pages_name_each_span_once_newest_first(
    stored: Warehouse, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spans_module, "_SPARE", 0)
    together = export(*(span(3, number, start_ns=START_NS) for number in (1, 2, 3)))
    writer.write_spans(PROJECT, together)
    whole = [(2, 2), (2, 1), (1, 2), (1, 1), (3, 3), (3, 2), (3, 1)]
    assert {limit: listed(stored, limit) for limit in (1, 2, 3, 50)} == dict.fromkeys((1, 2, 3, 50), whole)


def test_spans_are_listed_that_are_themselves_all_that_is_asked_for(stored: Warehouse) -> None:
    assert listed(stored, status="error") == [(2, 2)]
    assert listed(stored, status="ok") == [(2, 1), (1, 2), (1, 1)]
    assert listed(stored, where=where("score.useful<1")) == [(1, 2)]
    assert listed(stored, where=where("tool=search")) == [(2, 2), (1, 2)]
    assert listed(stored, where=where("tool=search", "parent=")) == []
    assert listed(stored, q="order") == [(2, 2), (1, 2)]
    assert listed(stored, q=trace_id(1)) == [(1, 2), (1, 1)]
    until = datetime.fromtimestamp(START_NS // SECOND + 1, UTC)
    assert listed(stored, until=until) == [(1, 2), (1, 1)]
    assert listed(stored, since=until, where=where("name=root")) == [(2, 1), (1, 1)]


def test_a_line_says_what_the_span_is(stored: Warehouse) -> None:
    line = list_spans(stored, PROJECT, filters=TraceFilters(where=where("score.useful=0"))).items[0]
    whole = get_span(stored, PROJECT, trace_id(1), f"{2:016x}")
    same = set(type(line).model_fields) & set(type(whole).model_fields)
    assert line.model_dump(include=same) == whole.model_dump(include=same)
    assert (line.trace_id, line.input) == (trace_id(1), '{"q": "order"}')
    assert [score.model_dump() for score in line.scores] == [{"name": "useful", "value": 0.0, "label": ""}]


def test_a_damaged_cursor_is_refused(warehouse: Warehouse, writer: Writer) -> None:
    for cursor in ("nonsense", f"1-{trace_id()}", f"{2**64}-{trace_id()}-{1:016x}"):
        with pytest.raises(InputError, match="is damaged"):
            list_spans(warehouse, PROJECT, cursor=cursor)


def test_an_export_has_the_spans_that_are_listed_and_nothing_else_of_their_traces(stored: Warehouse) -> None:
    filters = TraceFilters(where=where("tool=search"))
    lines = b"".join(export_spans(stored, PROJECT, "jsonl", filters=filters)).splitlines()
    rows = [json.loads(line) for line in lines]
    assert [(row["trace_id"], row["name"], len(row["scores"])) for row in rows] == [
        (trace_id(2), "tool", 0),
        (trace_id(1), "tool", 1),
    ]
    parquet = io.BytesIO(b"".join(export_spans(stored, PROJECT, "parquet", filters=filters)))
    table = pq.read_table(parquet)
    assert sorted(table["trace_id"].to_pylist()) == [trace_id(1), trace_id(2)]
    assert set(table["name"].to_pylist()) == {"tool"}
    protobuf = b"".join(export_spans(stored, PROJECT, "otlp-protobuf", filters=filters))
    found = ExportTraceServiceRequest.FromString(protobuf)
    names = [each.name for part in found.resource_spans for scope in part.scope_spans for each in scope.spans]
    assert names == ["tool", "tool"]
    (line,) = b"".join(export_spans(stored, PROJECT, "otlp", filters=filters)).splitlines()
    assert b'"spanId":"0000000000000002"' in line
    nothing = TraceFilters(q="nowhere")
    assert b"".join(export_spans(stored, PROJECT, "jsonl", filters=nothing)) == b""
    empty = io.BytesIO(b"".join(export_spans(stored, PROJECT, "parquet", filters=nothing)))
    assert pq.read_table(empty).num_rows == 0
