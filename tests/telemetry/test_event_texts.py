"""Messages that came as log records, in lists: found by their words, and shown."""

import pytest

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.otlp.bodies import Body
from windlass.telemetry.otlp.logs import parse_logs
from windlass.telemetry.queries import TraceFilters, get_trace, list_sessions, list_spans, list_traces
from windlass.telemetry.writer import Writer

from .otlp_signals import logs, record
from .sending import START_NS, Plain, request, span, trace_id

PROJECT = "shop"
DETAILS: dict[str, Plain] = {
    "gen_ai.output.messages": '[{"role": "assistant", "parts": [{"type": "text", "content": "내일 도착합니다."}]}]'
}


@pytest.fixture
def stored(warehouse: Warehouse, writer: Writer) -> Warehouse:
    """A call of a model whose messages are in events, as older and as current conventions have them."""
    chat: dict[str, Plain] = {"gen_ai.operation.name": "chat", "gen_ai.conversation.id": "c1"}
    writer.write_spans(
        PROJECT,
        request(span(1, 1, name="ask"), span(1, 2, parent=1, attributes=chat), span(2, 1, start_ns=START_NS - 1)),
    )
    sent = logs(
        record(1, 2, event="gen_ai.user.message", body={"content": "Where is my parcel?"}),
        record(1, 2, event="gen_ai.client.inference.operation.details", said=DETAILS),
        record(2, 1, event="another.event", body="parcel"),
    )
    writer.write_events(PROJECT, parse_logs(Body(sent.SerializeToString(), is_json=False)).events)
    return warehouse


def test_words_of_events_find_their_spans_and_traces(stored: Warehouse) -> None:
    for query, traces in {"parcel": [1], "도착": [1], '"my parcel"': [1], "train": []}.items():
        filters = TraceFilters(q=query)
        found = [item.trace_id for item in list_traces(stored, PROJECT, filters=filters).items]
        spans = [(item.trace_id, item.span_id) for item in list_spans(stored, PROJECT, filters=filters).items]
        sessions = [item.id for item in list_sessions(stored, PROJECT, filters=filters).items]
        assert found == [trace_id(trace) for trace in traces], query
        assert spans == [(trace_id(trace), f"{2:016x}") for trace in traces]
        assert sessions == ["c1"] * len(traces)
        assert list_traces(stored, "another", filters=filters).items == []


def test_lists_show_what_events_say(stored: Warehouse) -> None:
    first, second = list_traces(stored, PROJECT).items
    assert (second.input, second.output) == ("", "")
    # An event with the messages whole says all of them: it and older ones are not added up.
    assert first.output == "내일 도착합니다."
    (call,) = list_spans(stored, PROJECT, filters=TraceFilters(q="도착")).items
    (whole,) = list_traces(stored, PROJECT, filters=TraceFilters(q="도착"), whole_texts=True).items
    trace = get_trace(stored, PROJECT, trace_id(1))
    assert (call.output, whole.output, trace.output) == (first.output,) * 3
