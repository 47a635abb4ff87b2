import re
from pathlib import Path

import pytest

from windlass.errors import InputError
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.queries import Condition, TraceFilters, list_traces
from windlass.telemetry.scores import Score, insert_scores
from windlass.telemetry.writer import Writer

from .sending import request, span, trace_id

PROJECT = "shop"


@pytest.fixture
def stored(warehouse: Warehouse, writer: Writer) -> Warehouse:
    writer.write_spans(
        PROJECT,
        request(
            span(1, 1, name="agent", duration_ns=2 * 10**9, attributes={"tier": "free", "n": 3, "cached": True}),
            span(1, 2, parent=1, attributes={"gen_ai.request.model": "gpt-5", "gen_ai.usage.input_tokens": 40}),
            resource={"service.name": "shop", "host": "a"},
        ),
    )
    writer.write_spans(
        PROJECT,
        request(
            span(2, 1, name="에이전트", error=True, attributes={"tier": "paid", "n": 12.5, "cached": False}),
            span(2, 2, parent=1, attributes={"gen_ai.request.model": "o5", "gen_ai.usage.input_tokens": 7}),
            span(2, 3, parent=1, attributes={"gen_ai.server.time_to_first_token": 250.0}),
            resource={"service.name": "shop", "host": "b"},
        ),
    )
    writer.write_scores(PROJECT, [Score(trace_id=trace_id(1), name="f1.token", value=0.4, source="code")])
    writer.write_scores(
        PROJECT, [Score(trace_id=trace_id(2), name="f1.token", value=0.9, label="fine", source="code")]
    )
    gone = Score(trace_id=trace_id(1), name="gone", value=1, source="code")
    insert_scores(warehouse, PROJECT, [gone])
    insert_scores(warehouse, PROJECT, [gone], deleted=True)
    writer.write_scores("other", [Score(trace_id=trace_id(1), name="theirs", value=1, source="code")])
    return warehouse


def found(warehouse: Warehouse, *where: str) -> list[int]:
    filters = TraceFilters(where=tuple(map(Condition.parse, where)))
    return sorted(int(item.trace_id, 16) for item in list_traces(warehouse, PROJECT, filters=filters).items)


FOUND = {
    ("request_model=gpt-5",): [1],
    ("request_model!=gpt-5",): [1, 2],
    ("name ~ AGENT",): [1],
    ("name~에이",): [2],
    ("status=error",): [2],
    ("parent=", "request_model=gpt-5"): [],
    ("parent=", "name=agent"): [1],
    ("parent=0000000000000001", "request_model=gpt-5"): [1],
    ("kind=unspecified",): [1, 2],
    ("input_tokens > 7",): [1],
    (
        "input_tokens>=7",
        "input_tokens<=7",
    ): [2],
    ("duration_s>=2",): [1],
    ("attributes.tier=free",): [1],
    ("attributes.tier!=free",): [2],
    ("attributes.nowhere!=free",): [],
    ("attributes.n>3",): [2],
    ("attributes.n=3",): [1],
    ("attributes.cached=true",): [1],
    (
        "attributes.tier=free",
        "attributes.n=12.5",
    ): [],
    ("resource.host=b",): [2],
    ("score.f1.token<0.5",): [1],
    ("score.f1.token=fine",): [2],
    ("score.theirs=1",): [],
    (f"trace={trace_id(2)}",): [2],
    ("name='; DROP TABLE spans; --",): [],
    ("attributes.x']OR'1=1",): [],
    ("attributes.gen_ai.request.model=gpt-5",): [1],
    ("attributes.gen_ai.request.model!=gpt-5",): [2],
    ("attributes.gen_ai.request.model ~ GPT",): [1],
    ("attributes.gen_ai.usage.input_tokens>7",): [1],
    ("attributes.gen_ai.usage.input_tokens=7",): [2],
    ("attributes.gen_ai.usage.output_tokens!=7",): [],
    ("attributes.gen_ai.server.time_to_first_token=250",): [2],
    ("score.gone=1",): [],
}


def test_a_condition_finds_the_traces_with_such_a_span(stored: Warehouse) -> None:
    assert {where: found(stored, *where) for where in FOUND} == FOUND


def test_all_conditions_hold_of_one_span(stored: Warehouse) -> None:
    assert found(stored, "request_model=gpt-5", "name=agent") == []
    assert found(stored, "request_model=gpt-5", "input_tokens=40") == [1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is no condition; write a field"),
        ("request_model", "is no condition"),
        ("=5", "is no condition"),
        ("colour=red", "There is no field 'colour'; there are agent, "),
        ("attributes.=1", "There is no field"),
        ("input_tokens~4", "is a number: compare it"),
        ("input_tokens=many", "is a number, and 'many' is not"),
        ("duration_s>inf", "is a number, and 'inf' is not"),
        ("name<b", "is text: compare it"),
    ],
)
def test_a_wrong_condition_is_told_what_would_be_right(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        Condition.parse(text)


def test_the_web_ui_offers_every_field() -> None:
    source = Path(__file__).parents[2] / "ui" / "src" / "traces" / "conditions.ts"
    offered = re.search(r"COLUMNS = \[(.*?)\]", source.read_text(encoding="utf-8"), re.DOTALL)
    assert offered is not None
    with pytest.raises(InputError) as refusal:
        Condition.parse("colour=red")
    told = refusal.value.message.partition("there are ")[2].partition(", attributes.NAME")[0]
    assert re.findall(r'"(\w+)"', offered[1]) == told.split(", ")
