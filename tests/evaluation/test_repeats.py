"""Runs that ask each item several times."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from windlass.evaluation.gates.deciding import decide
from windlass.evaluation.gates.rules import GateRule, Requirement
from windlass.evaluation.item_index import ItemIndex
from windlass.evaluation.memory import MemorySamples
from windlass.evaluation.metrics.answers import exact_match
from windlass.evaluation.repeats import average_repeats
from windlass.evaluation.result_columns import Results
from windlass.evaluation.results import summarise
from windlass.evaluation.runner import Progress, RunnerSettings, run_samples
from windlass.evaluation.sample_pages import SamplePage, samples_page
from windlass.evaluation.sample_stores import SampleStore
from windlass.evaluation.samples import Item, Judgement, Prediction, SampleResult
from windlass.evaluation.score_digests import digest_of_scores
from windlass.evaluation.store import WarehouseSamples
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.queries import get_trace
from windlass.telemetry.writer import Writer

ITEMS = [Item(id=f"i{number}", input=f"{number}?", reference="yes") for number in range(3)]
FOUR = RunnerSettings(concurrency=3, linger_s=0, repeats=4)


class Answers:
    """Answers i0 rightly always, i1 every other time, i2 never; counts."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    async def __call__(self, item: Item) -> Prediction:
        self.calls[item.id] += 1
        right = {"i0": True, "i1": self.calls[item.id] % 2 == 0, "i2": False}[item.id]
        return Prediction(output="yes" if right else "no")


def run(store: SampleStore, target: Answers, settings: RunnerSettings = FOUR) -> Progress:
    return asyncio.run(run_samples(ITEMS, target, [exact_match], store, settings=settings))


def test_each_item_is_asked_as_often_as_the_run_repeats_it(store: MemorySamples) -> None:
    target = Answers()
    assert run(store, target) == Progress(12, 12, 0)
    assert target.calls == {"i0": 4, "i1": 4, "i2": 4}
    results = store.stored().values()
    assert len({result.trace_id for result in results}) == 12
    assert Counter(result.repeat for result in results) == {1: 3, 2: 3, 3: 3, 4: 3}


def test_a_run_that_is_taken_up_asks_only_the_repeats_that_are_missing(store: MemorySamples) -> None:
    first, second = Answers(), Answers()
    assert run(store, first, replace(FOUR, repeats=2)) == Progress(6, 6, 0)
    assert run(store, second) == Progress(12, 12, 0)
    assert second.calls == {"i0": 2, "i1": 2, "i2": 2}


def test_repeats_come_back_from_the_warehouse_each_a_trace_that_says_which_it_is(
    writer: Writer, warehouse: Warehouse
) -> None:
    samples = WarehouseSamples(writer, warehouse, project="default", run="run-1", release="sha256:abc")
    run(samples, Answers())
    stored = samples.stored()
    assert len(stored) == 12
    assert {(result.item, result.repeat) for result in stored.values()} == {
        (item.id, repeat) for item in ITEMS for repeat in range(1, 5)
    }
    assert all("exact_match" in result.judgements for result in stored.values())
    third = next(result for result in stored.values() if (result.item, result.repeat) == ("i0", 3))
    trace = get_trace(warehouse, "default", third.trace_id)
    assert trace is not None
    assert trace.spans[0].attributes["windlass.repeat"] == 3
    again = Answers()
    assert run(samples, again).finished == 12
    assert not again.calls


def test_what_a_target_traced_of_one_repeat_does_not_stand_for_another(
    writer: Writer, warehouse: Warehouse
) -> None:
    samples = WarehouseSamples(writer, warehouse, project="default", run="run-1", release="sha256:abc")
    second = SampleResult("i0", "0" * 31 + "1", "0" * 15 + "1", 1, 2, Prediction(output="x"), repeat=2)
    samples.write([(ITEMS[0], second)])
    samples.settle()
    assert [result.repeat for result in samples.stored().values()] == [2]


def result(item: str, repeat: int, value: float | None) -> SampleResult:
    return SampleResult(
        item,
        f"t{item}{repeat}",
        "s",
        0,
        1,
        Prediction(output=f"{value}"),
        judgements={"m": Judgement(value, "" if value is not None else "unparsable")},
        repeat=repeat,
    )


def broken(item: str, repeat: int) -> SampleResult:
    return SampleResult(item, "t", "s", 0, 1, None, error="broken", error_type="ValueError", repeat=repeat)


def keyed(results: Sequence[SampleResult]) -> dict[str, SampleResult]:
    return {each.key: each for each in results}


def test_items_are_the_unit_of_a_summary_not_repeats() -> None:
    values = {"i0": (1, 1, 1, 1), "i1": (1, 0, 1, 0), "i2": (0, 0, 0, 0)}
    stored = keyed([result(item, n, v) for item, row in values.items() for n, v in enumerate(row, 1)])
    summary = summarise(stored, ITEMS, ["m"], 4)["m"]
    single = summarise({item: result(item, 1, sum(row) / 4) for item, row in values.items()}, ITEMS, ["m"])["m"]
    assert summary.model_copy(update={"repeats": None}) == single
    assert (summary.mean, summary.n) == (0.5, 3)
    assert summary.repeats is not None
    assert (summary.repeats.samples, summary.repeats.missing) == (12, 0)
    by_k = {each.k: (each.pass_hat.mean, each.pass_at.mean) for each in summary.repeats.passes}
    assert by_k[1] == (0.5, 0.5)
    assert by_k[2] == pytest.approx(((1 + 1 / 6) / 3, (1 + 5 / 6) / 3))
    assert by_k[4] == pytest.approx((1 / 3, 2 / 3))


def test_an_amount_is_no_rate_though_it_is_0_on_every_sample() -> None:
    free = keyed([renamed(result(item.id, n, 0), "cost_usd") for item in ITEMS for n in (1, 2)])
    cost = summarise(free, ITEMS, ["cost_usd"], 2)["cost_usd"]
    assert (cost.mean, cost.low, cost.high) == (0, 0, 0)
    assert cost.repeats is not None
    assert cost.repeats.passes == []
    never = summarise(keyed([result(item.id, n, 0) for item in ITEMS for n in (1, 2)]), ITEMS, ["m"], 2)["m"]
    assert never.high is not None
    assert never.high > 0


def renamed(sample: SampleResult, metric: str) -> SampleResult:
    return replace(sample, judgements={metric: sample.judgements["m"]})


def test_what_has_no_value_is_missing_not_0() -> None:
    stored = keyed(
        [result("i0", 1, 1), broken("i0", 2), result("i1", 1, None), result("i1", 2, None), broken("i2", 1)]
    )
    summary = summarise(stored, ITEMS, ["m"], 2)["m"]
    assert (summary.mean, summary.n, summary.missing_why) == (1.0, 1, {"unparsable": 1, "failed": 1})
    assert summary.repeats is not None
    assert (summary.repeats.samples, summary.repeats.missing) == (1, 5)
    assert [(each.k, each.n) for each in summary.repeats.passes] == [(1, 1)]


def test_a_run_without_repeats_is_summarised_as_it_was() -> None:
    summary = summarise({"i0": result("i0", 1, 1)}, ITEMS[:1], ["m"])["m"]
    assert summary.model_dump() == {
        "mean": 1.0,
        "low": pytest.approx(0.025),
        "high": 1.0,
        "n": 1,
        "missing": 0,
        "missing_why": {},
        "coverage": 1.0,
    }


def test_an_item_s_repeats_follow_each_other_in_the_list_of_samples() -> None:
    store = MemorySamples()
    store.write([(item, result(item.id, repeat, 1)) for repeat in (2, 1) for item in ITEMS])

    def page(cursor: str | None) -> SamplePage:
        index = ItemIndex(item.id for item in ITEMS)
        return samples_page(
            ITEMS, store.of_items, store.items_there, lambda: index, limit=3, cursor=cursor, repeats=2
        )

    first = page(None)
    rest = page(first.next)
    assert [(each.item, each.repeat) for each in (*first.items, *rest.items)] == [
        (item.id, repeat) for item in ITEMS for repeat in (1, 2)
    ]
    assert rest.next is None


def gate(baseline: Results, candidate: Results, count: int) -> tuple[str, int, float]:
    items = {f"i{number}": Item(id=f"i{number}", input="?") for number in range(count)}
    rule = GateRule(primary=Requirement(metric="m", kind="non_inferiority", margin=0.2))
    decision = decide(baseline, candidate, rule, items=items, higher_is_better={"m": True})
    return decision.outcome, decision.checks[0].n, decision.pairs.errors_p_value


def test_a_gate_does_not_take_repeats_for_items() -> None:
    count = 8
    # Two items of eight are lost outright: as 200 samples a clear loss, as 8 items not decided.
    before = average_repeats(result(f"i{n}", r, 1) for n in range(count) for r in range(1, 26))
    after = average_repeats(result(f"i{n}", r, float(n > 1)) for n in range(count) for r in range(1, 26))
    outcome, n, _ = gate(before, after, count)
    assert (outcome, n) == ("not_enough_data", count)


def test_a_candidate_that_errs_on_a_share_of_its_repeats_fails_the_gate() -> None:
    count = 20
    before = average_repeats(result(f"i{n}", r, 1) for n in range(count) for r in (1, 2))
    after = average_repeats([each for n in range(count) for each in (result(f"i{n}", 1, 1), broken(f"i{n}", 2))])
    outcome, n, p = gate(before, after, count)
    assert (outcome, n) == ("fail", count)
    assert p < 0.01
    # The same share on both sides is no difference.
    assert gate(after, after, count)[2] == 1.0


def test_a_verdict_stands_on_every_repeat() -> None:
    one = average_repeats([result("i0", 1, 1), result("i0", 2, 0)])
    other = average_repeats([result("i0", 1, 0), result("i0", 2, 1)])
    assert one["i0"].judgements["m"].value == other["i0"].judgements["m"].value
    assert digest_of_scores(one) != digest_of_scores(other)
