import random
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from windlass.access.audit import AuditChain, list_entries
from windlass.access.principals import Principal
from windlass.errors import Unavailable
from windlass.prices.book import CalledModel, Listing, PriceBook
from windlass.prices.own import Price, replace_prices
from windlass.prices.rates import ALWAYS, ANY_SIZE, DAY_S, Rate, Tokens, cost_of_tokens
from windlass.storage.database import Database
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.queries import get_trace, list_spans, list_traces, measure_traffic
from windlass.telemetry.recosting import list_model_costs, recost
from windlass.telemetry.writer import Writer

from .sending import START_NS, Plain, request, span, trace_id

START = datetime.fromtimestamp(START_NS // 10**9, UTC)
TOKENS: Mapping[str, Plain] = {"gen_ai.usage.input_tokens": 1_000_000, "gen_ai.usage.output_tokens": 100_000}


class Fixed:
    """Lists that know what a test says, and note what they were asked."""

    def __init__(self, **rates: tuple[Rate, ...]) -> None:
        self.rates = rates
        self.asked: list[CalledModel] = []

    def look_up(self, project: str, models: Iterable[CalledModel]) -> dict[CalledModel, Listing]:
        asked = list(models)
        self.asked += asked
        return {model: Listing(rates=self.rates.get(model.name, ()), source="a list") for model in asked}


def flat(price: float, *, since: int = ALWAYS, above: int = ANY_SIZE) -> Rate:
    return Rate(since, 0, DAY_S, above, price, price, price, price, price, 0.0)


def call(
    trace: int,
    number: int,
    model: str,
    *,
    at_ns: int = START_NS,
    tokens: Mapping[str, Plain] = TOKENS,
    more: Mapping[str, Plain] = MappingProxyType({}),
) -> bytes:
    says: dict[str, Plain] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": model,
    }
    attributes = {**says, **tokens, **more}
    return request(span(trace, number, start_ns=at_ns, attributes=attributes)).SerializeToString()


def test_a_span_without_a_cost_has_that_of_its_tokens_and_one_with_it_keeps_its_own(
    warehouse: Warehouse, writer: Writer
) -> None:
    writer.write_spans("shop", call(1, 1, "a"))
    writer.write_spans("shop", call(1, 2, "a"))
    writer.write_spans("shop", call(2, 1, "a", more={"windlass.cost_usd": 0.25}))
    lists = Fixed(a=(flat(2.0),))

    newest = {trace.trace_id: trace for trace in list_traces(warehouse, "shop", lists=lists).items}

    assert newest[trace_id(1)].cost_usd == pytest.approx(4.4)
    assert newest[trace_id(2)].cost_usd == 0.25
    assert [each.cost_basis for each in get_trace(warehouse, "shop", trace_id(1)).spans] == ["price", "price"]
    assert [each.cost_basis for each in get_trace(warehouse, "shop", trace_id(2)).spans] == ["span"]


def test_no_price_and_no_tokens_are_told_apart_and_neither_is_nothing(
    warehouse: Warehouse, writer: Writer
) -> None:
    writer.write_spans("shop", call(1, 1, "secret"))
    writer.write_spans("shop", call(2, 1, "a", tokens={}))
    writer.write_spans("shop", call(3, 1, "a"))
    writer.write_spans("shop", call(3, 2, "secret"))
    lists = Fixed(a=(flat(1.0),))

    listed = {trace.trace_id: trace for trace in list_traces(warehouse, "shop", lists=lists).items}
    opened = {trace: get_trace(warehouse, "shop", trace, lists=lists) for trace in listed}

    for traces in (listed, opened):
        said = [(traces[trace_id(n)].cost_usd, traces[trace_id(n)].unpriced_models) for n in (1, 2, 3)]
        assert said == [(None, ["secret"]), (None, []), (pytest.approx(1.1), ["secret"])]
    assert [each.cost_basis for each in opened[trace_id(3)].spans] == ["price", "no_price"]
    assert opened[trace_id(2)].spans[0].cost_basis == "no_tokens"


def test_the_price_is_that_of_the_day_and_of_the_size(warehouse: Warehouse, writer: Writer) -> None:
    rises = START_NS + 3600 * 10**9
    for number, (tokens, at_ns) in enumerate(((100, START_NS), (100, rises), (201, START_NS), (201, rises)), 1):
        writer.write_spans("shop", call(number, 1, "a", at_ns=at_ns, tokens={"gen_ai.usage.input_tokens": tokens}))
    since = rises // 10**9
    lists = Fixed(
        a=(flat(1e6), flat(2e6, above=200), flat(3e6, since=since), flat(4e6, since=since, above=200)),
    )

    costs = {trace.trace_id: trace.cost_usd for trace in list_traces(warehouse, "shop", lists=lists).items}

    assert costs == {trace_id(1): 100.0, trace_id(2): 300.0, trace_id(3): 402.0, trace_id(4): 804.0}


def test_before_the_first_day_of_an_only_price_there_is_none(warehouse: Warehouse, writer: Writer) -> None:
    writer.write_spans("shop", call(1, 1, "a"))
    lists = Fixed(a=(flat(1.0, since=START_NS // 10**9 + 60),))

    (trace,) = list_traces(warehouse, "shop", lists=lists).items

    assert (trace.cost_usd, trace.unpriced_models) == (None, ["a"])


def test_the_warehouse_and_python_have_one_formula(warehouse: Warehouse, writer: Writer) -> None:
    dice = random.Random(7)
    noon = START_NS // 10**9 // DAY_S * DAY_S + DAY_S // 2
    rates = (
        Rate(ALWAYS, 0, DAY_S, ANY_SIZE, 1.0, 5.0, 0.1, 1.25, 7.0, 3.0),
        Rate(ALWAYS, 0, DAY_S, 500, 2.0, 10.0, 0.2, 2.5, 14.0, 3.0),
        Rate(ALWAYS, 0, DAY_S // 4, ANY_SIZE, 0.5, 2.5, 0.05, 0.6, 3.5, 0.0),
        Rate(noon, 0, DAY_S, ANY_SIZE, 3.0, 15.0, 0.3, 3.75, 21.0, 6.0),
    )
    calls = {}
    bodies = [call(1, 1000, "a", tokens={})]
    for number in range(1, 601):
        tokens = Tokens(*(dice.choice((0, 1, 90, 600, 1000, -5)) for _ in range(5)))
        at_s = noon + dice.randrange(-DAY_S, DAY_S)
        calls[f"{number:016x}"] = (tokens, datetime.fromtimestamp(at_s, UTC))
        sent = {
            "gen_ai.usage.input_tokens": tokens.input,
            "gen_ai.usage.output_tokens": tokens.output,
            "gen_ai.usage.cache_read.input_tokens": tokens.cache_read,
            "gen_ai.usage.cache_creation.input_tokens": tokens.cache_write,
            "gen_ai.usage.reasoning.output_tokens": tokens.reasoning,
        }
        bodies.append(call(1, number, "a", at_ns=at_s * 10**9, tokens=sent))
    writer.write_spans("shop", b"".join(bodies))

    trace = get_trace(warehouse, "shop", trace_id(1), lists=Fixed(a=rates))
    listed = list_spans(warehouse, "shop", limit=700)
    (summary,) = list_traces(warehouse, "shop").items

    expected = {
        span_id: pytest.approx(cost_of_tokens(rates, tokens, at), rel=1e-12, abs=1e-15)
        for span_id, (tokens, at) in calls.items()
    }
    by_python = {each.span_id: each.cost_usd for each in trace.spans if each.cost_usd is not None}
    by_the_warehouse = {each.span_id: each.cost_usd for each in listed.items if each.cost_usd is not None}
    assert by_python == expected
    assert by_the_warehouse == expected
    # Of so many calls their sums are priced, by each rate that holds for some of them.
    total = pytest.approx(sum(by_python.values()), rel=1e-12)
    assert summary.cost_usd == total
    assert trace.cost_usd == total


def test_traffic_has_the_costs_of_tokens_too(warehouse: Warehouse, writer: Writer) -> None:
    release: dict[str, Plain] = {"windlass.release": "sha256:1", "windlass.environment": "production"}
    for trace, model in ((1, "a"), (2, "a"), (3, "secret")):
        writer.write_spans("shop", call(trace, 1, model, more=release))
    since, until = START.replace(minute=0), START.replace(minute=59)

    (traffic,) = measure_traffic(warehouse, "shop", since=since, until=until, lists=Fixed(a=(flat(1.0),))).whole

    assert traffic.cost_usd == pytest.approx(2.2)
    assert traffic.unpriced_models == ["secret"]


def test_without_lists_models_are_priced_by_what_the_warehouse_has(warehouse: Warehouse, writer: Writer) -> None:
    writer.write_spans("shop", call(1, 1, "a"))

    (unmet,) = list_traces(warehouse, "shop").items
    list_traces(warehouse, "shop", lists=Fixed(a=(flat(1.0),)))
    (met,) = list_traces(warehouse, "shop").items

    assert (unmet.cost_usd, unmet.unpriced_models) == (None, ["a"])
    assert met.cost_usd == pytest.approx(1.1)


def test_what_cannot_be_kept_is_priced_all_the_same(
    warehouse: Warehouse, writer: Writer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def is_full(table: str, rows: object) -> None:
        raise Unavailable(f"No space for {table}.")

    writer.write_spans("shop", call(1, 1, "a"))
    monkeypatch.setattr(warehouse, "insert", is_full)

    (trace,) = list_traces(warehouse, "shop", lists=Fixed(a=(flat(1.0),))).items

    assert trace.cost_usd == pytest.approx(1.1)
    assert "Prices of new models are not kept: No space for prices." in caplog.text


def test_prices_are_of_one_project(warehouse: Warehouse, writer: Writer) -> None:
    for project in ("shop", "bank"):
        writer.write_spans(project, call(1, 1, "a"))
    list_traces(warehouse, "shop", lists=Fixed(a=(flat(1.0),)))

    (elsewhere,) = list_traces(warehouse, "bank", lists=Fixed(a=(flat(2.0),))).items

    assert elsewhere.cost_usd == pytest.approx(2.2)


def test_a_model_is_looked_up_once(warehouse: Warehouse, writer: Writer) -> None:
    writer.write_spans("shop", call(1, 1, "a"))
    writer.write_spans("shop", call(2, 1, "secret"))
    lists = Fixed(a=(flat(1.0),))

    for _ in range(3):
        list_traces(warehouse, "shop", lists=lists)
        list_model_costs(warehouse, "shop", lists)

    assert sorted(model.name for model in lists.asked) == ["a", "secret"]


def test_models_are_counted_with_their_tokens_price_and_cost(warehouse: Warehouse, writer: Writer) -> None:
    for trace in (1, 2):
        for _ in range(2):
            writer.write_spans("shop", call(trace, 1, "a"))
    writer.write_spans("shop", call(3, 1, "secret"))
    writer.write_spans("shop", call(4, 1, "a", tokens={}))

    known, unknown = list_model_costs(warehouse, "shop", Fixed(a=(flat(1.0),)))

    assert (known.request_model, known.calls, known.input_tokens, known.output_tokens) == (
        "a",
        2,
        2_000_000,
        200_000,
    )
    assert known.cost_usd == pytest.approx(2.2)
    assert known.price is not None
    assert (known.price.input, known.price.source, known.price.since) == (1.0, "a list", None)
    assert (unknown.request_model, unknown.price, unknown.cost_usd, unknown.unpriced_calls) == (
        "secret",
        None,
        None,
        1,
    )


def test_recosting_says_what_it_changes_and_the_second_time_changes_nothing(
    warehouse: Warehouse, writer: Writer, database: Database, audit: AuditChain, principal: Principal
) -> None:
    book = PriceBook(database)

    def costs() -> dict[str, float | None]:
        items = list_traces(warehouse, "guide", lists=book).items
        return {trace.trace_id: trace.cost_usd for trace in items}

    writer.write_spans("guide", call(1, 1, "gpt-4o-mini"))
    writer.write_spans("guide", call(2, 1, "house-model"))
    assert costs() == {trace_id(1): pytest.approx(0.21), trace_id(2): None}
    replace_prices(database, audit, principal, [Price(model="house-*", input=1.0, output=10.0)])
    # Figures stay as they are until somebody recosts.
    assert costs() == {trace_id(1): pytest.approx(0.21), trace_id(2): None}

    first = recost(database, audit, warehouse, principal, book)
    second = recost(database, audit, warehouse, principal, book)

    (change,) = first.changes
    assert (change.model, change.calls, change.before_usd, change.source) == ("house-model", 1, None, "override")
    assert change.after_usd == pytest.approx(2.0)
    assert (first.models, second.changes) == (2, [])
    assert costs() == {trace_id(1): pytest.approx(0.21), trace_id(2): pytest.approx(2.0)}
    actions = [entry.action for entry in list_entries(database, "guide")]
    assert actions == ["prices:recost", "prices:set"]
