"""A summary is the same, whether the spans of a trace are summed up here or by the engine."""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from windlass.prices.book import CalledModel, Listing
from windlass.prices.rates import ALWAYS, ANY_SIZE, DAY_S, Rate
from windlass.storage.warehouse import Warehouse
from windlass.telemetry import few_spans, summaries, summarising, trace_usage
from windlass.telemetry.costs import Priced
from windlass.telemetry.models import TraceFields
from windlass.telemetry.queries import get_outline, get_trace, list_traces
from windlass.telemetry.summaries import find_bounds, one_of
from windlass.telemetry.summarising import summarise
from windlass.telemetry.writer import Writer

from .sending import START_NS, Plain, request, span, trace_id

PROJECT = "shop"
SECOND = 1_000_000_000
MANY = trace_usage.FEW + 1


class Lists:
    """Lists that know one model."""

    def look_up(self, project: str, models: Iterable[CalledModel]) -> Mapping[CalledModel, Listing]:
        rate = Rate(ALWAYS, 0, DAY_S, ANY_SIZE, 1.3, 10.1, 0.13, 0.0, 10.1, 0.7)
        return {
            model: Listing(rates=(rate,) if model.name == "known" else (), source="a list") for model in models
        }


def said(number: int, after: float = 0, *, parent: int = 1, took: float = 1, **plain: Plain) -> Span:
    """Return a span that started some seconds after the first, and took some; the first of a trace is its root."""
    attributes = plain.pop("attributes", {})
    assert isinstance(attributes, Mapping)
    return span(
        1,
        number,
        parent=0 if number == 1 else parent,
        name=f"span {number}",
        start_ns=START_NS + int(after * SECOND),
        duration_ns=int(took * SECOND),
        error=bool(plain.pop("error", False)),
        attributes={**attributes, **plain},
    )


def ok(made: Span) -> Span:
    made.status.code = Status.STATUS_CODE_OK
    return made


def call(number: int, after: float = 0, *, model: str = "known", **plain: Plain) -> Span:
    says: dict[str, Plain] = {"gen_ai.operation.name": "chat", "gen_ai.request.model": model}
    return said(number, after, attributes={**says, **plain})


def asks(text: str) -> dict[str, Any]:
    return {"gen_ai.input.messages": text}


def answers(text: str) -> dict[str, Any]:
    return {"gen_ai.output.messages": text}


def uses(tokens: int, answered: int = 0) -> dict[str, Any]:
    return {"gen_ai.usage.input_tokens": tokens, "gen_ai.usage.output_tokens": answered}


NAMES: Mapping[str, Plain] = MappingProxyType(
    {
        "user.id": "ada",
        "gen_ai.conversation.id": "c1",
        "windlass.release": "sha256:1",
        "windlass.release.name": "guide",
        "windlass.environment": "production",
        "windlass.run": "r1",
        "windlass.item": "i1",
    }
)

TRACES: dict[str, list[list[Span]]] = {
    "a root alone": [[said(1, **asks("asked"), **answers("answered"))]],
    "no root": [[said(3, 1, took=3, parent=9), said(2, 0.5, parent=9, error=True), ok(said(4, 2, parent=9))]],
    "no root, and all went well": [[ok(said(2, parent=9)), said(3, 1, parent=9)]],
    "no root, and nobody says how it went": [[said(2, parent=9), said(3, 1, parent=9)]],
    "two roots": [[said(1, 1, **answers("of one")), span(1, 2, name="other", attributes=answers("of other"))]],
    "a child before its root": [[said(1, 2, took=2), said(2, 1, **asks("child")), said(3, 0, took=9)]],
    "texts of children": [
        [said(1), said(2, 2, **asks("later"), **answers("early")), said(3, 1, **asks("first"), **answers(""))],
        [said(4, 3, took=0.5, **answers("last")), said(5, 0, took=3, **answers("second last"))],
    ],
    "the root ends before": [[said(1, took=1, **answers("of root")), said(2, 0, took=9, **answers("of child"))]],
    "outputs that end together": [
        [said(1), said(2, 1, took=2, **answers("one"))],
        [said(3, 0, took=3, **answers("came last"))],
    ],
    "started together": [[said(3, parent=9, **asks("three")), said(2, parent=9, **asks("two"))]],
    "long texts": [[said(1, **asks("a" * 9000 + "é" * 9000)), said(2, **answers("한" * 6000 + "b" * 9000))]],
    "errors": [[said(1), said(2, error=True), ok(said(3)), said(4, error=True)]],
    "a skewed clock": [[said(1, took=-5), said(2, 1, took=-9)]],
    "a skewed clock without a root": [[said(2, took=-5, parent=9), said(3, 1, took=-9, parent=9)]],
    "names of a root": [[said(1, attributes=NAMES), said(2, attributes=dict.fromkeys(NAMES, "zoe"))]],
    "names of children": [[said(1), said(2, attributes=dict.fromkeys(NAMES, "é")), said(3, attributes=NAMES)]],
    "calls": [
        [said(1, **uses(999, 99))],
        [call(2, 2, **uses(7, 3)), call(3, 1, **uses(11, 5)), call(4, **uses(3, 1))],
    ],
    "calls that say nothing": [[said(1, **uses(30)), said(2, **uses(20, 4)), call(3)]],
    "no calls": [[said(1, **uses(3)), said(2, attributes={"windlass.cost_usd": 0.3})]],
    "stated costs": [
        [said(1, attributes={"windlass.cost_usd": 9.0}), call(2, attributes={"windlass.cost_usd": 0.1})]
    ],
    "no tokens of input": [
        [call(1, attributes={"gen_ai.usage.output_tokens": 5, "gen_ai.usage.reasoning_tokens": 2})]
    ],
    "a cache": [[call(1, attributes={**uses(90, 5), "gen_ai.usage.cache_read.input_tokens": 80})]],
    "unknown models": [[call(1, **uses(1)), call(2, model="b", **uses(2)), call(3, model="a", **uses(3))]],
    "an unknown model of no call": [[said(1, attributes={"gen_ai.request.model": "x", **uses(5)})]],
    "many spans": [[said(1), *(call(n, n / 9, **uses(n, n % 7), **answers(f"{n}")) for n in range(2, MANY + 1))]],
    "as many as are few": [[said(1), *(call(n, n / 9, **uses(n)) for n in range(2, MANY))]],
    "a span that was sent again": [
        [said(1), call(2, 1, **uses(7, 3), **asks("before"), **answers("before")), call(3, 2, **uses(9, 1))],
        [call(2, 1, **uses(8, 2), **asks("after"), **answers("after"), **{"user.id": "ada"})],
        [call(4, 3, model="x", **uses(11, 5)), call(5, 4, **uses(13, 5)), call(6, 5, **uses(17, 3))],
    ],
    "a root that was sent again, with less": [
        [said(1, 0, **asks("before")), said(2, 1, **asks("child"))],
        [said(1, 0)],
    ],
    "a span that came again at another time": [[said(1), said(2, 9, error=True)], [said(2, 3)]],
}


@pytest.fixture
def unmerged(warehouse: Warehouse, writer: Writer) -> Iterator[Warehouse]:
    """A warehouse in which a span that was sent twice is there twice."""
    warehouse.execute("SYSTEM STOP MERGES spans")
    yield warehouse
    # The writer waits for the deletion of what came again at another time, which is one.
    warehouse.execute("SYSTEM START MERGES spans")


@pytest.fixture
def stored(unmerged: Warehouse, writer: Writer) -> Warehouse:
    """A warehouse with all traces."""
    for nth in range(max(map(len, TRACES.values()))):
        for trace, deliveries in enumerate(TRACES.values(), 1):
            for sent in deliveries[nth : nth + 1]:
                for each in sent:
                    each.trace_id = trace.to_bytes(16, "big")
                writer.write_spans(PROJECT, request(*sent))
    return unmerged


def summed_up(warehouse: Warehouse, names: Iterable[str] = TRACES) -> dict[str, TraceFields]:
    ids = {trace_id(number): name for number, name in enumerate(TRACES, 1) if name in set(names)}
    priced = Priced(warehouse, PROJECT, Lists())
    found = summarise(warehouse, PROJECT, find_bounds(warehouse, PROJECT, list(ids)), priced)
    return {name: found[id_] for id_, name in ids.items()}


def approximately(summary: TraceFields) -> dict[str, object]:
    """Return what is said of a trace; its cost but for the last digit, for numbers are added in another order."""
    return {**summary.model_dump(), "cost_usd": pytest.approx(summary.cost_usd, rel=1e-14)}


def test_the_engine_says_the_same_of_few_spans(stored: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    here = summed_up(stored)
    monkeypatch.setattr(few_spans, "FEW", 0)
    engine = summed_up(stored)

    for name in TRACES:
        assert here[name].model_dump() == approximately(engine[name]), name


def test_the_engine_is_asked_for_traces_of_many_spans_and_of_spans_that_were_sent_again(
    stored: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    select = summarising._select_many

    def select_and_note(where: str) -> str:
        asked.append(where)
        return select(where)

    monkeypatch.setattr(summarising, "_select_many", select_and_note)

    summed_up(stored)

    (where,) = asked
    many = [trace_id(number) for number, name in enumerate(TRACES, 1) if name == "many spans" or "again" in name]
    assert len(many) == 4
    assert set(re.findall(r"'((?:\\x[0-9a-f]{2}){16})'", where)) == set(re.findall(r"'(.*?)'", one_of(many)))


def test_ids_that_are_too_many_to_be_written_are_handed_over(
    stored: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = summed_up(stored)
    monkeypatch.setattr(summaries, "_MOST_WRITTEN", 1)

    assert summed_up(stored) == written


def test_an_outline_says_the_same(stored: Warehouse) -> None:
    for name, summary in summed_up(stored).items():
        outline = get_outline(stored, PROJECT, summary.trace_id, lists=Lists())
        assert summary.model_dump() == {field: outline[field] for field in TraceFields.model_fields}, name


def test_of_a_span_that_was_sent_again_the_last_delivery_counts(stored: Warehouse) -> None:
    again, with_less = (summed_up(stored)[name] for name in TRACES if "sent again" in name)

    assert (again.span_count, again.input, again.user) == (6, "after", "ada")
    assert (again.input_tokens, again.output_tokens, again.unpriced_models) == (8 + 9 + 11 + 13 + 17, 16, ["x"])
    assert (with_less.span_count, with_less.input) == (2, "child")


def test_what_calls_cost_is_to_the_last_digit_what_it_is_when_spans_were_sent_once(
    unmerged: Warehouse, writer: Writer
) -> None:
    calls = [call(number, -number, **uses(13 * number, number)) for number in range(2, 9)]

    def cost() -> float | None:
        (summary,) = list_traces(unmerged, PROJECT, lists=Lists()).items
        assert summary.span_count == 8
        return summary.cost_usd

    writer.write_spans(PROJECT, request(said(1), *calls))
    once = cost()
    writer.write_spans(PROJECT, request(said(1), *calls))

    assert once is not None
    assert cost() == once == get_trace(unmerged, PROJECT, trace_id(), lists=Lists()).cost_usd
