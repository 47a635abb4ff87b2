from dataclasses import replace

import pytest

from windlass.storage.warehouse import Warehouse
from windlass.telemetry import lookups
from windlass.telemetry.conditions import Condition
from windlass.telemetry.filters import TraceFilters, conditions_of
from windlass.telemetry.lookups import look_up
from windlass.telemetry.queries import list_sessions, list_spans, list_traces
from windlass.telemetry.writer import Writer

from .sending import request, span

PROJECT = "shop"
TEXTS = {
    1: "Where is my Refund, order AX-17? Préfunding it",
    2: "환불은 서버를 다시 시작한 뒤에 됩니다",
    3: "Two prerefunds_ahead of 3.14 orders",
    4: "nothing of that",
    5: "",
}
FOUND = {
    "input~efun": [1, 3],
    "input~EFUND": [1, 3],
    "input~Refund, order": [1],
    "input~fund, ord": [1],
    "input~order refund": [],
    "input~unds_ahe": [3],
    "input~.14 ord": [3],
    "input~préfund": [1],
    "input~zebra": [],
    "input~AX": [1],
    "input~ax-1": [1],
    "input~?": [1],
    "input~버를 다": [2],
    "input~": [1, 2, 3, 4, 5],
    "output~efun": [],
    "name~odel-4": [4],
    "name~{where0_words:Array(String)}": [],
    "name~'; DROP TABLE spans; --": [],
}


def _add(writer: Writer, number: int, text: str) -> None:
    attributes = {"gen_ai.input.messages": text, "gen_ai.conversation.id": f"c{number}"}
    writer.write_spans(PROJECT, request(span(number, name=f"chat model-{number}", attributes=attributes)))


@pytest.fixture(params=["new", "merged", "half"])
def stored(warehouse: Warehouse, writer: Writer, request: pytest.FixtureRequest) -> Warehouse:
    for number, text in TEXTS.items():
        _add(writer, number, text)
        if request.param == "half" and number == 2:
            warehouse.execute("OPTIMIZE TABLE spans FINAL")
    warehouse.execute("SYSTEM STOP MERGES spans")
    if request.param == "merged":
        warehouse.execute("SYSTEM START MERGES spans")
        warehouse.execute("OPTIMIZE TABLE spans FINAL")
    return warehouse


def _filters(where: str) -> TraceFilters:
    return TraceFilters(where=(Condition.parse(where),))


def test_a_part_of_a_text_is_found_in_spans_that_are_merged_and_in_those_that_are_not(stored: Warehouse) -> None:
    assert {where: _listed(stored, _filters(where)) for where in FOUND} == FOUND
    assert len(list_spans(stored, PROJECT, filters=_filters("input~efun")).items) == 2
    assert len(list_sessions(stored, PROJECT, filters=_filters("input~efun")).items) == 2


@pytest.mark.parametrize("stored", ["merged"], indirect=True)
def test_the_index_says_which_words_have_a_part_of_a_text(stored: Warehouse) -> None:
    looked_up = {where: look_up(stored, PROJECT, _filters(where)).where[0].words for where in FOUND}

    assert set(looked_up["input~EFUND"] or ()) == {"refund", "prerefunds_ahead"}
    assert looked_up["input~zebra"] == ()
    # Too short, or of a column that says nothing.
    assert [where for where, words in looked_up.items() if words is None] == [
        "input~AX",
        "input~ax-1",
        "input~?",
        "input~버를 다",
        "input~",
        "output~efun",
    ]
    for other in ("input=refund", "attributes.tier~refund", "agent~refund"):
        assert look_up(stored, PROJECT, _filters(other)) == _filters(other)


@pytest.mark.parametrize("stored", ["merged"], indirect=True)
@pytest.mark.parametrize("bound", ["_MOST_WORDS", "_MOST_SPANS"])
def test_what_many_have_is_not_looked_up(stored: Warehouse, bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookups, bound, 0)

    assert look_up(stored, PROJECT, _filters("input~efun")) == _filters("input~efun")


@pytest.mark.parametrize("stored", ["merged"], indirect=True)
def test_what_is_merged_after_the_words_were_looked_up_is_found(stored: Warehouse, writer: Writer) -> None:
    filters = look_up(stored, PROJECT, _filters("input~efun"))
    _add(writer, 6, "unrefundable")
    _add(writer, 7, "and more")
    stored.execute("OPTIMIZE TABLE spans FINAL")

    assert _count(stored, filters) == 3


@pytest.mark.parametrize("stored", ["merged"], indirect=True)
def test_only_spans_with_one_of_the_words_are_read(stored: Warehouse) -> None:
    filters = look_up(stored, PROJECT, _filters("input~efun"))
    (condition,) = filters.where

    assert _count(stored, filters) == 2
    assert _count(stored, replace(filters, where=(replace(condition, words=("refund",)),))) == 1
    assert _count(stored, replace(filters, where=(replace(condition, words=()),))) == 0


def test_two_conditions_are_looked_up_each(stored: Warehouse) -> None:
    conditions = (Condition.parse("input~efun"), Condition.parse("input~orders"), Condition.parse("name~odel"))
    filters = TraceFilters(where=conditions)

    assert [item.trace_id[-1] for item in list_traces(stored, PROJECT, filters=filters).items] == ["3"]
    assert [
        item.trace_id[-1] for item in list_traces(stored, PROJECT, filters=replace(filters, q="two")).items
    ] == ["3"]
    assert list_traces(stored, PROJECT, filters=replace(filters, q="three")).items == []


def test_words_of_parts_that_have_none_in_common_leave_nothing_out(warehouse: Warehouse, writer: Writer) -> None:
    for number, side in enumerate(("input", "output"), 1):
        attributes = {f"gen_ai.{side}.messages": "a refund"}
        writer.write_spans(PROJECT, request(span(number, name="chat", attributes=attributes)))
    for side in ("input", "output"):
        warehouse.execute(f"ALTER TABLE spans MATERIALIZE INDEX {side}_words SETTINGS mutations_sync = 2")
    both = {"gen_ai.input.messages": "refunded", "gen_ai.output.messages": "prerefund"}
    writer.write_spans(PROJECT, request(span(3, name="chat", attributes=both)))
    conditions = (Condition.parse("input~efund"), Condition.parse("output~efund"))

    assert _listed(warehouse, TraceFilters(where=conditions)) == [3]


def _listed(warehouse: Warehouse, filters: TraceFilters) -> list[int]:
    return sorted(int(item.trace_id, 16) for item in list_traces(warehouse, PROJECT, filters=filters).items)


def _count(warehouse: Warehouse, filters: TraceFilters) -> object:
    tests, parameters = conditions_of(filters)
    meets = " OR ".join(f"({test})" for test in tests)
    (row,) = warehouse.query(
        f"SELECT toInt64(count()) AS spans FROM spans WHERE project = {{project:String}} AND ({meets})",
        {**parameters, "project": PROJECT},
    )
    return row["spans"]
