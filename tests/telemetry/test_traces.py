import random
from datetime import UTC, datetime, timedelta

import pytest

from windlass.errors import InputError, NotFound
from windlass.storage.warehouse import Warehouse
from windlass.telemetry import candidates as candidates_module
from windlass.telemetry.queries import TraceFilters, get_trace, list_traces
from windlass.telemetry.scores import Score
from windlass.telemetry.writer import Writer

from .sending import START_NS, Plain, request, span, trace_id

PROJECT = "shop"
SECOND = 1_000_000_000
START = datetime.fromtimestamp(START_NS // SECOND, UTC)


WHAT_SPANS_SAY: list[dict[str, Plain]] = [
    {},
    {"windlass.environment": "production", "user.id": "ada", "gen_ai.usage.input_tokens": 100},
    {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 7, "gen_ai.request.model": "m1"},
    {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 9, "gen_ai.request.model": "m2"},
    {"gen_ai.input.messages": "asked", "windlass.release": "sha256:2", "windlass.cost_usd": 0.5},
    {"gen_ai.output.messages": "answered", "windlass.release": "sha256:1", "gen_ai.usage.output_tokens": 3},
    {"gen_ai.input.messages": "asked else", "gen_ai.output.messages": "answered else"},
]


def numbers(warehouse: Warehouse, filters: TraceFilters | None = None, limit: int = 50) -> list[int]:
    """Return the numbers of all traces, page by page."""
    found: list[int] = []
    cursor = None
    while True:
        page = list_traces(warehouse, PROJECT, filters=filters, limit=limit, cursor=cursor)
        assert len(page.items) <= limit
        found += [int(item.trace_id, 16) for item in page.items]
        cursor = page.next
        if cursor is None:
            return found


def test_a_summary_says_what_a_trace_is(warehouse: Warehouse, writer: Writer) -> None:
    root: dict[str, Plain] = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.conversation.id": "c1",
        "user.id": "ada",
        "windlass.release": "sha256:1",
        "windlass.release.name": "guide",
        "windlass.environment": "production",
        "gen_ai.usage.input_tokens": 999,
    }
    asked = '[{"role": "user", "parts": [{"type": "text", "content": "Where\\nis it?"}]}]'
    call: dict[str, Plain] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "m1",
        "gen_ai.input.messages": asked,
        "gen_ai.output.messages": "Here.",
        "gen_ai.usage.input_tokens": 10,
        "windlass.cost_usd": 0.25,
    }
    writer.write_spans(
        PROJECT,
        request(
            span(1, 1, name="agent", duration_ns=5 * SECOND, attributes=root),
            span(1, 2, parent=1, start_ns=START_NS + SECOND, attributes=call),
            span(1, 3, parent=1, start_ns=START_NS + 2 * SECOND, error=True, attributes=call),
        ),
    )
    writer.write_scores(
        PROJECT, [Score(trace_id=trace_id(), name="helpful", value=1, label="yes", source="human")]
    )

    (summary,) = list_traces(warehouse, PROJECT).items

    assert summary.model_dump(mode="json") == {
        "trace_id": trace_id(),
        "name": "agent",
        "start_time": "2026-09-21T14:13:20Z",
        "duration_s": 5.0,
        "status": "unset",
        "span_count": 3,
        "error_count": 1,
        "input": "Where is it?",
        "output": "Here.",
        "operation": "invoke_agent",
        "request_model": "m1",
        "service": "shop",
        "release": "sha256:1",
        "release_name": "guide",
        "environment": "production",
        "run": "",
        "item": "",
        "conversation": "c1",
        "user": "ada",
        "input_tokens": 20,
        "output_tokens": None,
        "cost_usd": 0.5,
        "unpriced_models": [],
        "scores": [{"name": "helpful", "value": 1.0, "label": "yes"}],
    }
    trace = get_trace(warehouse, PROJECT, trace_id().upper())
    assert [score.name for score in trace.scores] == ["helpful"]


def test_a_trace_without_its_root_is_listed_and_shown(warehouse: Warehouse, writer: Writer) -> None:
    later = span(1, 3, parent=9, name="later", start_ns=START_NS + SECOND, duration_ns=SECOND, error=True)
    writer.write_spans(PROJECT, request(later, span(1, 2, parent=9, name="earlier")))

    (summary,) = list_traces(warehouse, PROJECT).items

    assert (summary.name, summary.status, summary.duration_s) == ("earlier", "error", 2.0)
    assert [found.name for found in get_trace(warehouse, PROJECT, trace_id()).spans] == ["earlier", "later"]


def test_totals_stated_above_calls_are_not_added_to_them(warehouse: Warehouse, writer: Writer) -> None:
    def agent(trace: int, *more: dict[str, Plain]) -> None:
        total: dict[str, Plain] = {"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 30}
        children = (span(trace, number, parent=1, attributes=plain) for number, plain in enumerate(more, 2))
        writer.write_spans(PROJECT, request(span(trace, 1, attributes=total), *children))

    part: dict[str, Plain] = {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 15}
    agent(1, part, part)
    agent(2, {"gen_ai.operation.name": "chat"})

    assert get_trace(warehouse, PROJECT, trace_id(1)).input_tokens == 30
    assert get_trace(warehouse, PROJECT, trace_id(2)).input_tokens == 30


def test_pages_are_exact_whatever_overlaps_comes_twice_or_starts_together(
    warehouse: Warehouse, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates_module, "_MOST_ASKED", 20)
    monkeypatch.setattr(candidates_module, "_SPARE", 1)
    monkeypatch.setattr(candidates_module, "_FIRST_WINDOW_SPANS", 1)
    monkeypatch.setattr(candidates_module, "_FIRST_WINDOW_TRACES", 1)
    monkeypatch.setattr(candidates_module, "_WINDOW_GROWTH", 2)
    dice = random.Random(5)
    starts: dict[int, int] = {}
    spans = []
    for trace in range(1, 120):
        begin = START_NS + dice.randrange(40) * SECOND
        made = [
            span(
                trace,
                number,
                parent=number - 1,
                start_ns=begin + dice.randrange(60) * SECOND,
                error=trace % 7 == 0,
                duration_ns=dice.randrange(50) * SECOND,
                attributes=dice.choice(WHAT_SPANS_SAY),
            )
            for number in range(1, dice.randrange(2, 8))
        ]
        starts[trace] = min(item.start_time_unix_nano for item in made)
        spans += made
    dice.shuffle(spans)
    for position in range(0, len(spans), 100):
        writer.write_spans(PROJECT, request(*spans[position : position + 100]))
    writer.write_spans(PROJECT, request(*spans[:150]))
    writer.write_spans("another", request(span(500)))

    def in_order(chosen: set[int]) -> list[int]:
        return sorted(chosen, key=lambda trace: (starts[trace], trace), reverse=True)

    for item in list_traces(warehouse, PROJECT, limit=200).items[::4]:
        whole = get_trace(warehouse, PROJECT, item.trace_id)
        assert whole.model_dump(exclude={"spans", "events", "scores"}) == item.model_dump(exclude={"scores"})

    def with_attribute(key: str) -> set[int]:
        return {
            int.from_bytes(item.trace_id, "big")
            for item in spans
            if any(attribute.key == key for attribute in item.attributes)
        }

    production, asked = with_attribute("windlass.environment"), with_attribute("gen_ai.input.messages")
    since, until = START + timedelta(seconds=10), START + timedelta(seconds=30)
    between = {trace for trace, start in starts.items() if 10 * SECOND <= start - START_NS <= 30 * SECOND}

    assert numbers(warehouse, limit=7) == in_order(set(starts))
    assert numbers(warehouse, limit=200) == in_order(set(starts))
    assert numbers(warehouse, TraceFilters(environment="production"), limit=5) == in_order(production)
    assert numbers(warehouse, TraceFilters(status="error"), limit=3) == in_order({t for t in starts if t % 7 == 0})
    assert numbers(warehouse, TraceFilters(since=since, until=until), limit=9) == in_order(between)
    assert numbers(
        warehouse, TraceFilters(environment="production", since=since, until=until), limit=2
    ) == in_order(production & between)
    for limit in (9, 90):
        assert numbers(warehouse, TraceFilters(q="asked"), limit=limit) == in_order(asked)
        assert numbers(warehouse, TraceFilters(q="asked", since=since, until=until), limit=limit) == in_order(
            asked & between
        )


def test_a_span_is_found_that_came_after_its_root_and_began_after_the_period(
    warehouse: Warehouse, writer: Writer
) -> None:
    warehouse.execute("SYSTEM STOP MERGES traces")
    writer.write_spans(PROJECT, request(span(1, 1)))
    writer.write_spans(
        PROJECT,
        request(span(1, 2, parent=1, start_ns=START_NS + 60 * SECOND, attributes={"windlass.environment": "e"})),
    )

    found = numbers(warehouse, TraceFilters(environment="e", until=START + timedelta(seconds=30)))

    assert found == [1]


def test_any_time_can_be_asked_for(warehouse: Warehouse, writer: Writer) -> None:
    writer.write_spans(PROJECT, request(span(1)))
    naive = START.replace(tzinfo=None)
    earliest, latest = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

    assert numbers(warehouse, TraceFilters(since=earliest, until=latest)) == [1]
    assert numbers(warehouse, TraceFilters(since=naive, until=naive)) == [1]
    assert numbers(warehouse, TraceFilters(since=latest)) == []
    assert numbers(warehouse, TraceFilters(until=earliest)) == []


def test_filters_choose_traces_by_any_span(warehouse: Warehouse, writer: Writer) -> None:
    writer.write_spans(
        PROJECT,
        request(
            span(1, 1),
            span(1, 2, parent=1, attributes={"windlass.release": "sha256:1", "windlass.release.name": "guide"}),
            span(2, 1, attributes={"windlass.run": "r1", "gen_ai.input.messages": "무엇을 도와 드릴까요"}),
            span(3, 1, name="Refund", error=True),
            span(3, 2, parent=1, attributes={"gen_ai.output.messages": "Straße 100% sure"}),
            span(4, 1),
            span(4, 2, parent=1, error=True),
        ),
    )

    assert numbers(warehouse, TraceFilters(release="sha256:1")) == [1]
    assert numbers(warehouse, TraceFilters(release="guide")) == [1]
    assert numbers(warehouse, TraceFilters(run="r1")) == [2]
    assert numbers(warehouse, TraceFilters(status="error")) == [3]
    assert set(numbers(warehouse, TraceFilters(status="ok"))) == {1, 2, 4}
    assert numbers(warehouse, TraceFilters(q="도와")) == [2]
    assert numbers(warehouse, TraceFilters(q="refund")) == [3]
    assert numbers(warehouse, TraceFilters(q="100%")) == [3]
    assert numbers(warehouse, TraceFilters(q=trace_id(4))) == [4]
    assert numbers(warehouse, TraceFilters(q="'; DROP TABLE spans")) == []
    assert numbers(warehouse, TraceFilters(run="r1", q="refund")) == []
    assert numbers(warehouse) == [4, 3, 2, 1]


def test_traces_that_lie_days_apart_are_each_summed_up(warehouse: Warehouse, writer: Writer) -> None:
    for trace in (1, 2, 3):
        begin = START_NS + trace * 86_400 * SECOND
        asked: dict[str, Plain] = {"windlass.environment": "staging" if trace == 2 else "production"}
        writer.write_spans(
            PROJECT,
            request(
                span(trace, 1, start_ns=begin, attributes=asked),
                span(trace, 2, parent=1, start_ns=begin + 9 * SECOND, error=True),
            ),
        )

    found = list_traces(warehouse, PROJECT, filters=TraceFilters(environment="production")).items

    assert [(item.trace_id, item.span_count, item.error_count) for item in found] == [
        (trace_id(3), 2, 1),
        (trace_id(1), 2, 1),
    ]


def test_a_span_of_a_skewed_clock_takes_no_negative_time(warehouse: Warehouse, writer: Writer) -> None:
    writer.write_spans(PROJECT, request(span(1, duration_ns=-5), span(2, start_ns=2**63 - 1, duration_ns=0)))

    assert get_trace(warehouse, PROJECT, trace_id(1)).duration_s == 0
    assert get_trace(warehouse, PROJECT, trace_id(2)).start_time.year == 2262
    assert numbers(warehouse) == [2, 1]


def test_what_is_not_there_is_not_found(warehouse: Warehouse, writer: Writer) -> None:
    writer.write_spans("another", request(span(1)))

    with pytest.raises(NotFound, match=r"There is no trace 0{31}1 in this project"):
        get_trace(warehouse, PROJECT, trace_id(1))
    with pytest.raises(InputError, match="'xyz' is not a trace id"):
        get_trace(warehouse, PROJECT, "xyz")
    assert list_traces(warehouse, PROJECT).items == []


@pytest.mark.parametrize("cursor", ["x", "5", "-", "99999999999999999999-" + "0" * 32, "5-" + "0" * 31])
def test_a_damaged_cursor_is_refused(warehouse: Warehouse, writer: Writer, cursor: str) -> None:
    with pytest.raises(InputError, match="is damaged"):
        list_traces(warehouse, PROJECT, cursor=cursor)
