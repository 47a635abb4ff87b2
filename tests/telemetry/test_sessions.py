import json
import random
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from windlass.errors import InputError, NotFound
from windlass.prices.book import CalledModel, Listing
from windlass.prices.rates import ALWAYS, ANY_SIZE, DAY_S, Rate
from windlass.storage.warehouse import Warehouse
from windlass.telemetry import sessions
from windlass.telemetry.queries import (
    Condition,
    TraceFilters,
    get_session,
    get_user,
    list_sessions,
    list_traces,
    list_users,
)
from windlass.telemetry.scores import Score
from windlass.telemetry.writer import Writer

from .sending import START_NS, Plain, request, span, trace_id

PROJECT = "shop"
SECOND = 1_000_000_000


@pytest.fixture(params=["few", "many"])
def _however_many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Traces are read each where it lies, and, of many, with all that is between them."""
    if request.param == "many":
        monkeypatch.setattr(sessions, "_FEW", 0)


def turn(
    trace: int, at: int, conversation: str, user: str = "", *, said: str = "", error: bool = False
) -> ExportTraceServiceRequest:
    """Return a trace whose root names the conversation and whose call of a model has the tokens."""
    about: dict[str, Plain] = {"gen_ai.conversation.id": conversation, "gen_ai.input.messages": said or "hello"}
    if user:
        about["user.id"] = user
    call: dict[str, Plain] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 2,
    }
    start = START_NS + at * SECOND
    return request(
        span(trace, 1, start_ns=start, attributes=about),
        span(trace, 2, parent=1, start_ns=start + 1, attributes=call, error=error),
    )


def names(warehouse: Warehouse, limit: int) -> list[str]:
    found: list[str] = []
    cursor = None
    while True:
        page = list_sessions(warehouse, PROJECT, limit=limit, cursor=cursor)
        assert len(page.items) <= limit
        found += [item.id for item in page.items]
        if (cursor := page.next) is None:
            return found


@pytest.mark.usefixtures("_however_many")
def test_a_session_is_what_its_traces_are_together(warehouse: Warehouse, writer: Writer) -> None:
    writer.write_spans(PROJECT, turn(1, 0, "c1", "ada", said="Where is it?"))
    writer.write_spans(PROJECT, turn(2, 60, "c1", error=True))
    writer.write_spans(PROJECT, turn(2, 60, "c1", error=True))
    writer.write_spans(PROJECT, turn(3, 30, "c2", "bob"))
    writer.write_spans("other", turn(4, 90, "c1", "eve"))

    first, second = list_sessions(warehouse, PROJECT).items

    assert first.model_dump(mode="json") == {
        "id": "c1",
        "first": "2026-09-21T14:13:20Z",
        "last": "2026-09-21T14:14:20Z",
        "traces": 2,
        "failed": 1,
        "input_tokens": 20,
        "output_tokens": 4,
        "cost_usd": None,
        "sessions": 1,
        "user": "ada",
        "release_name": "",
        "environment": "",
        "input": "Where is it?",
    }
    assert (second.id, second.traces, second.user) == ("c2", 1, "bob")


@pytest.mark.usefixtures("_however_many")
def test_users_are_listed_with_their_sessions(warehouse: Warehouse, writer: Writer) -> None:
    for trace, conversation in enumerate(("c1", "c2", "c2"), 1):
        writer.write_spans(PROJECT, turn(trace, trace, conversation, "ada"))
    writer.write_spans(PROJECT, turn(9, 0, "c9"))

    (ada,) = list_users(warehouse, PROJECT).items

    assert (ada.id, ada.traces, ada.sessions, ada.input_tokens) == ("ada", 3, 2, 30)


def test_pages_go_from_the_most_recently_active_down_and_name_each_once(
    warehouse: Warehouse, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "_FIRST_WINDOW_SPANS", 1)
    dice = random.Random(4)
    last: dict[str, int] = {}
    turns = ExportTraceServiceRequest()
    for trace in range(1, 31):
        conversation, at = f"c-{dice.randrange(8)}", dice.randrange(1000)
        last[conversation] = max(last.get(conversation, 0), at)
        turns.MergeFrom(turn(trace, at, conversation))
    writer.write_spans(PROJECT, turns)

    for limit in (1, 2, 3, 50):
        assert names(warehouse, limit) == sorted(last, key=lambda name: (last[name], name), reverse=True)


@pytest.mark.usefixtures("_however_many")
def test_what_a_session_costs_is_computed_where_its_spans_do_not_say(warehouse: Warehouse, writer: Writer) -> None:
    class Penny:
        def look_up(self, project: str, models: Iterable[CalledModel]) -> Mapping[CalledModel, Listing]:
            rate = Rate(ALWAYS, 0, DAY_S, ANY_SIZE, 1e6, 0, 0, 0, 0, 0)
            return {model: Listing(rates=(rate,), own=0, source="test", listed_as="") for model in models}

    writer.write_spans(PROJECT, turn(1, 0, "c1"))

    (free,) = list_sessions(warehouse, PROJECT).items
    (priced,) = list_sessions(warehouse, PROJECT, lists=Penny()).items

    assert (free.cost_usd, priced.cost_usd) == (None, 10.0)


def test_a_window_of_time_shows_who_was_active_in_it(warehouse: Warehouse, writer: Writer) -> None:
    for trace, at in enumerate((0, 100, 200), 1):
        writer.write_spans(PROJECT, turn(trace, at, f"c{at}"))
    since, until = (datetime.fromtimestamp(START_NS // SECOND + at, UTC) for at in (50, 150))
    window = TraceFilters(since=since, until=until)

    assert [item.id for item in list_sessions(warehouse, PROJECT, filters=window).items] == ["c100"]


def test_filters_find_sessions_and_users_by_any_span_of_their_traces(warehouse: Warehouse, writer: Writer) -> None:
    writer.write_spans(PROJECT, turn(1, 0, "c1", "ada", said="Where is the 주문?"))
    writer.write_spans(PROJECT, turn(2, 60, "c1", "ada", error=True))
    writer.write_spans(PROJECT, turn(3, 30, "c2", "bob"))
    low = Score(trace_id=trace_id(3), name="helpful", value=0.25, source="judge")
    writer.write_scores(PROJECT, [low])

    def found(*where: str, **filters: object) -> tuple[list[str], list[str]]:
        meant = TraceFilters(where=tuple(map(Condition.parse, where)), **filters)  # type: ignore[arg-type]
        return (
            [item.id for item in list_sessions(warehouse, PROJECT, filters=meant).items],
            [item.id for item in list_users(warehouse, PROJECT, filters=meant).items],
        )

    assert found("operation=chat", "status=error") == (["c1"], ["ada"])
    assert found("operation=chat", "input_tokens=10") == (["c1", "c2"], ["ada", "bob"])
    assert found("score.helpful<0.5") == (["c2"], ["bob"])
    assert found(q="주문") == (["c1"], ["ada"])
    assert found(status="error") == ([], [])
    assert found(release="none") == ([], [])
    filters = TraceFilters(where=(Condition.parse("operation=chat"),))
    first = list_sessions(warehouse, PROJECT, user="bob", filters=filters, limit=1)
    assert ([item.id for item in first.items], first.next) == (["c2"], None)


def test_a_damaged_cursor_is_refused(warehouse: Warehouse, writer: Writer) -> None:
    with pytest.raises(InputError, match="is damaged"):
        list_sessions(warehouse, PROJECT, cursor="nonsense")


@pytest.mark.usefixtures("_however_many")
def test_the_sessions_of_a_user_are_those_of_the_traces_that_name_the_user(
    warehouse: Warehouse, writer: Writer
) -> None:
    for trace, (conversation, user) in enumerate((("c1", "ada"), ("c2", "bob"), ("c3", "ada"), ("c2", "bob")), 1):
        writer.write_spans(PROJECT, turn(trace, trace, conversation, user))

    first = list_sessions(warehouse, PROJECT, user="ada", limit=1)
    rest = list_sessions(warehouse, PROJECT, user="ada", limit=1, cursor=first.next)

    assert [item.id for page in (first, rest) for item in page.items] == ["c3", "c1"]
    assert rest.next is None
    assert list_sessions(warehouse, PROJECT, user="eve").items == []


@pytest.mark.usefixtures("_however_many")
def test_one_session_and_one_user_are_as_the_lists_say(warehouse: Warehouse, writer: Writer) -> None:
    writer.write_spans(PROJECT, turn(1, 0, "a/b c", "ada"))
    writer.write_spans(PROJECT, turn(2, 9, "a/b c", "ada"))
    writer.write_spans("other", turn(3, 9, "d", "eve"))

    assert [get_session(warehouse, PROJECT, "a/b c")] == list_sessions(warehouse, PROJECT).items
    assert [get_user(warehouse, PROJECT, "ada")] == list_users(warehouse, PROJECT).items
    with pytest.raises(NotFound, match="There is no session 'd' in this project"):
        get_session(warehouse, PROJECT, "d")
    with pytest.raises(NotFound, match="There is no user 'eve' in this project"):
        get_user(warehouse, PROJECT, "eve")


def test_the_turns_of_a_session_can_be_read_whole(warehouse: Warehouse, writer: Writer) -> None:
    question = "Where\n\nis it? " + "word " * 2_000
    history = json.dumps(
        [
            {"role": "user", "parts": [{"type": "text", "content": "before"}]},
            {"role": "assistant", "parts": [{"type": "text", "content": "yes"}]},
            {"role": "user", "parts": [{"type": "text", "content": question}]},
        ]
    )
    writer.write_spans(PROJECT, turn(1, 0, "c1", said=history))
    filters = TraceFilters(where=(Condition.parse("conversation=c1"),))

    (whole,) = list_traces(warehouse, PROJECT, filters=filters, whole_texts=True).items
    (short,) = list_traces(warehouse, PROJECT, filters=filters).items

    assert whole.input == question
    assert len(short.input) == 300
    assert whole.model_copy(update={"input": short.input}) == short
