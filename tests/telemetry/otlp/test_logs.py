"""Log records: which are kept, where they show, and which are scores."""

import json
import math
from datetime import UTC, datetime, timedelta

import pytest

from tests.telemetry.otlp_signals import logs, record
from tests.telemetry.sending import START_NS, Plain, request, span, trace_id
from windlass.errors import InputError, NotFound
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.otlp.bodies import Body
from windlass.telemetry.otlp.logs import LogEvent, ParsedLogs, parse_logs, scores_of
from windlass.telemetry.queries import get_trace, list_events, scores_of_traces
from windlass.telemetry.span_events import StoredEvent
from windlass.telemetry.writer import Writer

RESULT: dict[str, Plain] = {
    "gen_ai.evaluation.name": "relevance",
    "gen_ai.evaluation.score.value": 0.75,
    "gen_ai.evaluation.score.label": "good",
    "gen_ai.evaluation.explanation": "It answers what was asked.",
}


def parse(message: object) -> ParsedLogs:
    return parse_logs(Body(message.SerializeToString(), is_json=False))  # type: ignore[attr-defined]


def send(writer: Writer, message: object, project: str = "shop") -> None:
    events = parse(message).events
    writer.write_events(project, events)
    writer.write_scores(project, scores_of(events, "key:app"))


def test_an_event_shows_on_its_span_with_its_body_among_the_spans_own_events(
    writer: Writer, warehouse: Warehouse
) -> None:
    asked = span(1, 1)
    asked.events.add(name="first token", time_unix_nano=START_NS + 2_000)
    writer.write_spans("shop", request(asked, span(1, 2)))
    send(
        writer,
        logs(
            record(1, 1, event="gen_ai.choice", body={"finish_reason": "stop"}, time_ns=START_NS + 3_000),
            record(1, 1, body={"content": "Hello."}, said={"gen_ai.system": "openai"}, time_ns=START_NS + 1_000),
        ),
    )

    first, second = get_trace(warehouse, "shop", trace_id()).spans
    assert [(event.name, event.body) for event in first.events] == [
        ("gen_ai.user.message", {"content": "Hello."}),
        ("first token", None),
        ("gen_ai.choice", {"finish_reason": "stop"}),
    ]
    assert first.events[0].attributes == {"gen_ai.system": "openai"}
    assert second.events == []


def test_events_of_a_span_that_has_not_come_show_on_the_trace_and_then_on_the_span(
    writer: Writer, warehouse: Warehouse
) -> None:
    send(writer, logs(record(1, 2), record(1, 0, event="of the trace")))
    with pytest.raises(NotFound):
        get_trace(warehouse, "shop", trace_id())
    writer.write_spans("shop", request(span(1, 1)))
    trace = get_trace(warehouse, "shop", trace_id())
    assert sorted(event.name for event in trace.events) == ["gen_ai.user.message", "of the trace"]
    writer.write_spans("shop", request(span(1, 2)))
    trace = get_trace(warehouse, "shop", trace_id())
    assert [event.name for event in trace.events] == ["of the trace"]
    assert [len(shown.events) for shown in trace.spans] == [0, 1]


def test_an_event_delivered_twice_is_one_and_another_like_it_is_another(
    writer: Writer, warehouse: Warehouse
) -> None:
    writer.write_spans("shop", request(span()))
    for _ in range(2):
        send(writer, logs(record(body="one"), record(body="two")))
    (shown,) = get_trace(warehouse, "shop", trace_id()).spans
    assert sorted(str(event.body) for event in shown.events) == ["one", "two"]


def test_events_are_of_one_project(writer: Writer, warehouse: Warehouse) -> None:
    writer.write_spans("shop", request(span()))
    send(writer, logs(record()), project="other")
    assert get_trace(warehouse, "shop", trace_id()).spans[0].events == []
    assert list_events(warehouse, "shop").items == []
    assert len(list_events(warehouse, "other").items) == 1


def test_records_of_no_span_are_kept_and_listed_newest_first(writer: Writer, warehouse: Warehouse) -> None:
    second = START_NS + 10**9
    send(writer, logs(record(0, 0, event="started", body="up"), record(0, 0, event="", time_ns=second)))
    newest, oldest = list_events(warehouse, "shop").items
    assert (oldest.name, oldest.body, oldest.trace_id, oldest.span_id) == ("started", "up", "", "")
    assert (newest.name, oldest.resource, oldest.scope) == ("", {"service.name": "shop"}, "tests")
    assert list_events(warehouse, "shop", name="started").items == [oldest]
    assert list_events(warehouse, "shop", limit=1).items == [newest]
    start = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=START_NS / 10**9)
    assert list_events(warehouse, "shop", until=start + timedelta(milliseconds=1)).items == [oldest]
    assert list_events(warehouse, "shop", since=start + timedelta(milliseconds=1)).items == [newest]


def test_events_come_in_pages_also_those_of_one_moment(writer: Writer, warehouse: Warehouse) -> None:
    same = [record(trace, number, body=text) for trace, number in ((0, 0), (1, 0), (1, 2)) for text in "ab"]
    sent = logs(*same, record(event="later", time_ns=START_NS + 1), record(event="sooner", time_ns=START_NS - 1))
    for _ in range(2):
        send(writer, sent)
    seen: list[StoredEvent] = []
    cursor = None
    while True:
        page = list_events(warehouse, "shop", limit=3, cursor=cursor)
        seen += page.items
        cursor = page.next
        if cursor is None:
            break
    assert len(page.items) == 2
    assert seen == list_events(warehouse, "shop").items
    assert (len(seen), seen[0].name, seen[-1].name) == (8, "later", "sooner")
    assert sorted((event.trace_id, event.span_id, str(event.body)) for event in seen[1:-1]) == sorted(
        (trace_id(trace) if trace else "", f"{number:016x}" if number else "", text)
        for trace, number in ((0, 0), (1, 0), (1, 2))
        for text in "ab"
    )


@pytest.mark.parametrize("cursor", ["", "x", "1-2", f"{2**64}---0", f"1---{2**64}", "1-G--0"])
def test_a_damaged_cursor_of_events_is_refused(warehouse: Warehouse, writer: Writer, cursor: str) -> None:
    with pytest.raises(InputError, match="is damaged"):
        list_events(warehouse, "shop", cursor=cursor)


def test_older_exporters_put_the_name_into_an_attribute() -> None:
    (event,) = parse(logs(record(event="", said={"event.name": "gen_ai.choice", "more": 1}))).events
    assert (event.name, event.attributes) == ("gen_ai.choice", {"more": "i1"})


def test_the_time_it_was_observed_stands_in_for_one_that_is_missing() -> None:
    late = record(time_ns=0)
    late.observed_time_unix_nano = 7
    assert parse(logs(late)).events[0].time_ns == 7


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"trace_id": b"short"}, "a trace id that is not 16 bytes"),
        ({"span_id": b"much too long"}, "a span id that is not 8 bytes"),
        ({"time_unix_nano": 0}, "neither a time nor an observed time"),
        ({"time_unix_nano": 2**63}, "a time after the year 2262"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_record_that_cannot_be_kept_is_counted_and_the_others_are_kept(
    change: dict[str, object], reason: str
) -> None:
    wrong = record()
    for name, value in change.items():
        setattr(wrong, name, value)
    parsed = parse(logs(record(number=1), wrong, record(number=3)))
    assert [event.span_id[-1] for event in parsed.events] == ["1", "3"]
    assert (parsed.rejected, parsed.reason) == (1, f"Log records rejected: 1 with {reason}.")


def test_ids_of_zeros_are_none_and_a_span_without_a_trace_is_no_place() -> None:
    zeros = record(0, 0)
    zeros.trace_id, zeros.span_id = bytes(16), bytes(8)
    events = parse(logs(record(0, 5), zeros)).events
    assert [(event.trace_id, event.span_id) for event in events] == [("", ""), ("", "")]


def test_the_result_of_an_evaluation_is_a_score_on_its_span(writer: Writer, warehouse: Warehouse) -> None:
    result = logs(record(1, 2, event="gen_ai.evaluation.result", said={**RESULT, "windlass.run": "r1"}))
    for _ in range(2):
        send(writer, result)
    (score,) = scores_of_traces(warehouse, "shop", [trace_id()])
    assert (score.name, score.value, score.label, score.source) == ("relevance", 0.75, "good", "code")
    assert (score.trace_id, score.span_id, score.run) == (trace_id(), f"{2:016x}", "r1")
    assert (score.explanation, score.evaluator) == ("It answers what was asked.", "tests")


@pytest.mark.parametrize(("said", "source"), [("judge", "judge"), ("human", "human"), ("nonsense", "code")])
def test_a_result_may_say_who_judged(said: str, source: str) -> None:
    sent = record(event="gen_ai.evaluation.result", said={**RESULT, "windlass.score.source": said})
    (score,) = scores_of(parse(logs(sent)).events, "key:ada")
    assert (score.source, score.author) == (source, "key:ada")


@pytest.mark.parametrize(
    "change",
    [
        {"gen_ai.evaluation.name": ""},
        {"gen_ai.evaluation.name": 5},
        {"gen_ai.evaluation.score.value": None, "gen_ai.evaluation.score.label": ""},
        {"gen_ai.evaluation.score.value": math.nan, "gen_ai.evaluation.score.label": ""},
        {"gen_ai.evaluation.score.value": True, "gen_ai.evaluation.score.label": ""},
    ],
    ids=["no name", "number for a name", "nothing judged", "not a number", "truth for a number"],
)
def test_a_result_that_judges_nothing_is_an_event_and_no_score(change: dict[str, Plain]) -> None:
    events = parse(logs(record(event="gen_ai.evaluation.result", said={**RESULT, **change}))).events
    assert len(events) == 1
    assert scores_of(events, "") == []


def test_a_result_of_no_trace_is_no_score() -> None:
    assert scores_of(parse(logs(record(0, 0, event="gen_ai.evaluation.result", said=RESULT))).events, "") == []


def test_json_says_the_same_as_protobuf() -> None:
    document = {
        "resourceLogs": [
            {
                "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
                "scopeLogs": [
                    {
                        "scope": {"name": "tests"},
                        "logRecords": [
                            {
                                "traceId": trace_id(),
                                "spanId": f"{1:016x}",
                                "eventName": "gen_ai.user.message",
                                "timeUnixNano": str(START_NS),
                                "body": {"kvlistValue": {"values": [{"key": "n", "value": {"intValue": "5"}}]}},
                            }
                        ],
                    }
                ],
            }
        ]
    }
    (from_json,) = parse_logs(Body(json.dumps(document).encode(), is_json=True)).events
    (from_protobuf,) = parse(logs(record(body={"n": 5}))).events
    assert from_json == from_protobuf
    assert isinstance(from_json, LogEvent)


@pytest.mark.parametrize(
    ("body", "is_json", "sentence"),
    [
        (b"\x0a\xff", False, "not an OTLP ExportLogsServiceRequest in protobuf"),
        (b"[]", True, "an object with 'resourceLogs'"),
        (b'{"resourceLogs": [{"scopeLogs": 5}]}', True, "scopeLogs is not a list"),
        (b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"traceId": 5}]}]}]}', True, "an id is 5"),
    ],
)
def test_what_is_no_export_of_logs_is_one_sentence(body: bytes, is_json: bool, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence.replace("[", r"\[")):
        parse_logs(Body(body, is_json))
