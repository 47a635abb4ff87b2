"""Runs read as columns say what they say read whole."""

import asyncio
import tracemalloc
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from windlass.canonical import digest
from windlass.errors import InputError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.gates.deciding import decide
from windlass.evaluation.gates.rules import GateRule, Requirement
from windlass.evaluation.item_index import UNKNOWN, ItemIndex
from windlass.evaluation.memory import MemorySamples
from windlass.evaluation.passes import Tries
from windlass.evaluation.repeats import RepeatedResult, average_repeats, by_item
from windlass.evaluation.results import run_sample, values_of
from windlass.evaluation.run_scores import RunScores
from windlass.evaluation.runner import RunnerSettings, run_samples
from windlass.evaluation.sample_pages import SamplePage, item_page, samples_page, sorted_page
from windlass.evaluation.samples import Item, Judgement, Prediction, Sample, SampleResult
from windlass.evaluation.score_digests import digest_of_scores
from windlass.evaluation.score_summaries import tries_of
from windlass.evaluation.scored_samples import ScoredItems, scored_samples
from windlass.evaluation.store import REVIEW, WarehouseSamples
from windlass.models.completion import Usage
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.scores import Score, insert_scores
from windlass.telemetry.writer import Writer

ITEMS = [Item(id=f"é{number:02}", input="?", metadata={"g": number % 4}) for number in range(30)]
INDEX = ItemIndex(item.id for item in ITEMS)
IDS = [item.id for item in ITEMS]


async def ask(item: Item) -> Prediction:
    if item.id == "é07":
        raise ValueError("no such page")
    return Prediction(output=item.id)


def half(sample: Sample) -> Judgement:
    return Judgement(None, "unparsable") if sample.item == "é03" else Judgement(int(sample.item[1:]) % 7 / 2)


def right(sample: Sample) -> float:
    return float(int(sample.item[1:]) % 3 == 0)


def store_of(writer: Writer, warehouse: Warehouse, run: str) -> WarehouseSamples:
    return WarehouseSamples(writer, warehouse, project="default", run=run, release="sha256:a")


@pytest.fixture(params=[1, 3])
def store(request: pytest.FixtureRequest, writer: Writer, warehouse: Warehouse) -> WarehouseSamples:
    """A run over all items but the last five, with what people said of it and a second opinion beside it."""
    filled = store_of(writer, warehouse, "run-1")
    settings = RunnerSettings(concurrency=8, repeats=request.param, backoff_s=0.001)
    evaluators = [Evaluator("half", half), Evaluator("right", right)]
    asyncio.run(run_samples(ITEMS[:25], ask, evaluators, filled, settings=settings))
    some = filled.stored()["é05"]

    def said(name: str, value: float, evaluator: str, **also: Any) -> Score:
        fields = {"trace_id": some.trace_id, "run": "run-1", "item": "é05", "source": "code", **also}
        return Score(name=name, value=value, evaluator=evaluator, **fields)

    others = [
        said("right", 0.5, f"{REVIEW}queue", source="human"),
        said("right", 0.25, "later", span_id="a" * 16),
        said("half", 9.0, "nameless", item=""),
    ]
    insert_scores(warehouse, "default", others)
    return filled


def whole(store: WarehouseSamples) -> Mapping[str, SampleResult]:
    return average_repeats(store.stored().values())


def test_columns_hold_the_samples_as_they_are_stored(store: WarehouseSamples) -> None:
    stored, scores = store.stored(), store.scores(INDEX)
    columns = {each.key: each for each in scored_samples(scores, IDS)}
    assert columns.keys() == stored.keys()
    for key, kept in stored.items():
        found = columns[key]
        assert (found.trace_id, found.span_id, found.repeat) == (kept.trace_id, kept.span_id, kept.repeat)
        assert abs(found.end_ns - kept.end_ns) < 2_000
        assert (found.prediction is None, found.error) == (kept.prediction is None, kept.error)
        assert found.error_type == kept.error_type
        assert dict(found.judgements) == kept.judgements
    assert columns["é05"].judgements["right"].value == 0.25
    assert columns["é03"].judgements["half"] == Judgement(None, "unparsable")


def test_an_item_s_result_is_that_of_its_repeats_and_has_the_digest_of_before(store: WarehouseSamples) -> None:
    before, now = whole(store), ScoredItems(store.scores(INDEX), IDS)
    assert (set(now), len(now)) == (set(before), 25)
    assert "é29" not in now
    assert now.get("é29") is None
    for item, kept in before.items():
        assert now[item].failed_share == kept.failed_share
        assert {name: each.value for name, each in now[item].judgements.items()} == {
            name: each.value for name, each in kept.judgements.items()
        }
    assert digest_of_scores(now) == digest_of_scores(before) == digest_as_one_object(before)


def digest_as_one_object(samples: Mapping[str, SampleResult]) -> str:
    def scores(result: SampleResult) -> object:
        return {"error": result.error, "scores": {name: each.value for name, each in result.judgements.items()}}

    return digest(
        {
            item: [scores(each) for each in result.repeats]
            if isinstance(result, RepeatedResult)
            else scores(result)
            for item, result in samples.items()
        }
    )


def test_a_gate_decides_on_scores_as_on_whole_samples(
    store: WarehouseSamples, writer: Writer, warehouse: Warehouse
) -> None:
    other = store_of(writer, warehouse, "run-2")
    settings = RunnerSettings(concurrency=8, backoff_s=0.001)
    evaluators = [Evaluator("half", lambda sample: int(sample.item[1:]) % 5 / 3), Evaluator("right", right)]
    asyncio.run(run_samples(ITEMS, ask, evaluators, other, settings=settings))
    requirements = [Requirement(metric=name, kind="non_inferiority", margin=0.5) for name in ("half", "right")]
    rule = GateRule(primary=requirements[0], guardrails=requirements[1:], cluster="g", max_missing=0.5)
    items = {item.id: item for item in ITEMS}
    directions = {"half": True, "right": True}
    at_once = decide(whole(store), whole(other), rule, items=items, higher_is_better=directions)
    before, after = (ScoredItems(each.scores(INDEX), IDS) for each in (store, other))
    assert decide(before, after, rule, items=items, higher_is_better=directions) == at_once


def test_pages_have_all_samples_in_the_dataset_s_order_and_read_no_others(store: WarehouseSamples) -> None:
    stored = store.stored()
    asked: list[str] = []

    def read(items: Sequence[str]) -> Mapping[str, SampleResult]:
        asked.extend(items)
        return store.of_items(items)

    def page(cursor: str | None) -> SamplePage:
        return samples_page(ITEMS, read, store.items_there, lambda: INDEX, limit=7, cursor=cursor, repeats=3)

    found, cursor = [], None
    while True:
        answer = page(cursor)
        found += answer.items
        cursor = answer.next
        if cursor is None:
            break
    expected = [run_sample(item, result) for item in ITEMS for result in by_item(stored.values()).get(item.id, ())]
    assert found == expected
    asked.clear()
    page(None)
    assert len(asked) <= 9
    assert item_page(INDEX, ITEMS, store.of_items, "é05").items == [
        each for each in expected if each.item == "é05"
    ]
    assert item_page(INDEX, ITEMS, store.of_items, "nothing").items == []


def test_what_is_far_apart_is_found_without_looking_in_between(writer: Writer, warehouse: Warehouse) -> None:
    store = store_of(writer, warehouse, "sparse")
    asyncio.run(run_samples([ITEMS[2], ITEMS[29]], ask, [], store, settings=RunnerSettings(backoff_s=0.001)))
    asked: list[str] = []

    def read(items: Sequence[str]) -> Mapping[str, SampleResult]:
        asked.extend(items)
        return store.of_items(items)

    page = samples_page(ITEMS, read, store.items_there, lambda: INDEX, limit=2)
    assert [each.item for each in page.items] == ["é02", "é29"]
    assert asked == ["é00", "é01", "é02", "é29"]


@pytest.mark.parametrize("descending", [False, True])
def test_samples_are_sorted_with_those_without_a_value_last(store: WarehouseSamples, descending: bool) -> None:
    scores, found, cursor = store.scores(INDEX), [], None
    while True:
        page = sorted_page(scores, ITEMS, store.of_items, "half", descending=descending, limit=10, cursor=cursor)
        found += page.items
        cursor = page.next
        if cursor is None:
            break
    values = [each.scores.get("half") for each in found]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=descending)
    assert values[len(known) :] == [None] * (len(values) - len(known))
    assert {each.item for each in found[len(known) :]} == {"é03", "é07"}
    assert len(found) == len(store.stored())
    with pytest.raises(InputError, match="have no metric 'charm'; they have: half, right"):
        sorted_page(scores, ITEMS, store.of_items, "charm")


def test_tries_that_pass_are_counted_from_columns(store: WarehouseSamples) -> None:
    grouped = by_item(store.stored().values())
    values = [values_of(grouped.get(item.id, ()), "right") for item in ITEMS]
    # A second opinion on one sample is neither right nor wrong.
    assert tries_of(store.scores(INDEX), "right") is None
    assert Tries.of(values) is None
    known = store.scores(ItemIndex(item for item in IDS if item != "é05"))
    counted, expected = tries_of(known, "right"), Tries.of([each for at, each in enumerate(values) if at != 5])
    assert counted is not None
    assert expected is not None
    assert [each.tolist() for each in counted] == [each.tolist() for each in expected]


def test_what_samples_took_is_read_without_their_answers(writer: Writer, warehouse: Warehouse) -> None:
    stored, kept = store_of(writer, warehouse, "took"), MemorySamples()
    took = [
        Prediction("x", usage=Usage(90, 10), cost_usd=0.1, latency_s=0.25),
        Prediction("y", cost_usd=0.0),
        Prediction('{"cost_usd": 7}', usage=Usage(1, 2)),
        None,
    ]
    samples = [
        SampleResult(item.id, f"{place + 1:032x}", "1" * 16, 10**18, 10**18 + 1, each, error_type="E")
        for place, (item, each) in enumerate(zip(ITEMS, took, strict=False))
    ]
    for each in (stored, kept):
        each.write(list(zip(ITEMS, samples, strict=False)))
        each.settle()
    found, expected = (each.amounts(each.scores(INDEX)) for each in (stored, kept))
    for name, values in expected._asdict().items():
        np.testing.assert_array_equal(getattr(found, name), values)
    assert found.tokens[0] == 100
    assert np.isnan(found.latency_s[1:]).all()


def test_of_a_sample_that_was_tried_again_the_newest_counts(writer: Writer, warehouse: Warehouse) -> None:
    store = store_of(writer, warehouse, "again")

    def tried(trace: int, at: int, prediction: Prediction | None, repeat: int = 1) -> tuple[Item, SampleResult]:
        start = 10**18 + at
        found = SampleResult(ITEMS[0].id, f"{trace:032x}", "1" * 16, start, start + 5, prediction, repeat=repeat)
        return ITEMS[0], replace(found, error=None if prediction else f"failed at {at}", error_type="E")

    answer = Prediction("x")
    store.write([tried(1, 10, None), tried(2, 30, answer), tried(3, 20, None)])
    store.write([tried(4, 20, answer, 2), tried(5, 50, None, 2)])
    store.settle()
    scores = store.scores(INDEX)
    found = {(each.repeat, each.trace_id[-1], each.error) for each in scored_samples(scores, IDS)}
    assert found == {(1, "2", None), (2, "5", "failed at 50")}
    assert {(each.repeat, each.trace_id[-1], each.error) for each in store.stored().values()} == found


def test_the_state_of_a_run_changes_with_its_scores(store: WarehouseSamples, warehouse: Warehouse) -> None:
    before = store.state()
    assert store.state() == before
    some = store.stored()["é05"]
    late = Score(trace_id=some.trace_id, run="run-1", item="é05", name="late", value=1.0, source="code")
    insert_scores(warehouse, "default", [late])
    assert store.state() != before


def test_an_index_finds_items_and_nothing_else() -> None:
    assert [INDEX.position(item) for item in ("é00", "é29", "é30", "")] == [0, 29, UNKNOWN, UNKNOWN]
    assert ItemIndex(()).position("é00") == UNKNOWN


def test_scores_of_a_run_take_some_tens_of_bytes_a_sample(writer: Writer, warehouse: Warehouse) -> None:
    store = store_of(writer, warehouse, "bytes")
    items = [Item(id=str(number), input="?") for number in range(400)]

    async def long(item: Item) -> Prediction:
        return Prediction(output="x" * 20_000)

    fast = RunnerSettings(concurrency=50, backoff_s=0.001)
    asyncio.run(run_samples(items, long, [Evaluator("right", right_of_all)], store, settings=fast))
    index = ItemIndex(item.id for item in items)
    store.scores(index)
    tracemalloc.start()
    scores: RunScores = store.scores(index)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(scores) == 400
    assert not np.isnan(scores.by_item("right")).any()
    assert peak < 1_000_000  # the answers are eight megabytes


def right_of_all(_sample: Sample) -> float:
    return 1.0
