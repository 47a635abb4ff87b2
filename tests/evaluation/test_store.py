import asyncio
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from opentelemetry import trace

from windlass.errors import Unavailable
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.item_index import ItemIndex
from windlass.evaluation.metrics.answers import exact_match, groundedness
from windlass.evaluation.results import summarise
from windlass.evaluation.runner import Progress, RunnerSettings, run_samples
from windlass.evaluation.samples import Context, Item, Judgement, Prediction, Sample, SampleResult
from windlass.evaluation.score_summaries import summarise_scores
from windlass.evaluation.store import WarehouseSamples, scores_of
from windlass.models.completion import Usage
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.queries import get_trace, list_traces
from windlass.telemetry.tracing import Recorder
from windlass.telemetry.writer import Writer

ITEMS = [Item(id=f"i{number}", input={"question": f"{number}?"}, reference=f"{number}") for number in range(6)]
FAST = RunnerSettings(concurrency=3, backoff_s=0.001)


@pytest.fixture
def samples(writer: Writer, warehouse: Warehouse) -> WarehouseSamples:
    return samples_of(writer, warehouse, "run-1")


def samples_of(writer: Writer, warehouse: Warehouse, run: str) -> WarehouseSamples:
    return WarehouseSamples(
        writer, warehouse, project="default", run=run, release="sha256:abc", release_name="guide"
    )


class Answers:
    def __init__(self) -> None:
        self.calls: list[str] = []

    async def __call__(self, item: Item) -> Prediction:
        self.calls.append(item.id)
        if item.id == "i5":
            raise ValueError("no such page")
        return Prediction(
            output=f"{item.id[1:]}",
            contexts=(Context("a.md", "One", "0 1 2 3\n한국어 ✓", 0.25), Context("b.md", "Two", "4")),
            usage=Usage(10, 2),
            cost_usd=0.001,
            latency_s=0.125,
        )


def run(store: WarehouseSamples, target: Answers, evaluators: Sequence[Evaluator] = (exact_match,)) -> Progress:
    return asyncio.run(run_samples(ITEMS, target, evaluators, store, settings=FAST))


def test_samples_come_back_from_the_warehouse_as_they_went_in(samples: WarehouseSamples) -> None:
    assert run(samples, Answers(), (exact_match, groundedness)) == Progress(6, 6, 1)
    stored = samples.stored()
    assert set(stored) == {item.id for item in ITEMS}
    kept = stored["i2"]
    assert kept.prediction == asyncio.run(Answers()(ITEMS[2]))
    assert kept.judgements == {"exact_match": Judgement(1.0), "groundedness": Judgement(1.0)}
    failed = stored["i5"]
    assert (failed.prediction, failed.error, failed.error_type) == (None, "no such page", "ValueError")
    assert failed.judgements == {}


def test_a_sample_is_a_trace_with_its_run_release_messages_and_scores(
    samples: WarehouseSamples, warehouse: Warehouse
) -> None:
    run(samples, Answers())
    traces = {summary.item: summary for summary in list_traces(warehouse, "default").items}
    assert set(traces) == {item.id for item in ITEMS}
    summary = traces["i2"]
    assert (summary.name, summary.run, summary.release, summary.release_name) == (
        "sample",
        "run-1",
        "sha256:abc",
        "guide",
    )
    assert (summary.input, summary.output, summary.status) == ("2?", "2", "unset")
    assert [(score.name, score.value) for score in summary.scores] == [("exact_match", 1.0)]
    assert (traces["i5"].status, traces["i5"].error_count) == ("error", 1)


def test_a_second_run_asks_nothing_again(samples: WarehouseSamples) -> None:
    run(samples, Answers())
    again = Answers()
    assert run(samples, again) == Progress(6, 6, 1)
    assert again.calls == []


def test_a_span_without_scores_is_scored_from_its_stored_prediction(
    samples: WarehouseSamples, writer: Writer, warehouse: Warehouse
) -> None:
    run(samples, Answers(), ())
    assert all(not result.judgements for result in samples.stored().values())
    again, judged = Answers(), []

    def contexts(sample: Sample) -> float:
        judged.append(sample.item)
        return len(sample.contexts)

    run(samples, again, (Evaluator("contexts", contexts),))
    assert again.calls == []
    assert sorted(judged) == ["i0", "i1", "i2", "i3", "i4"]
    assert samples.stored()["i3"].judgements == {"contexts": Judgement(2.0)}
    assert samples_of(writer, warehouse, "run-2").stored() == {}


def test_an_undefined_score_is_stored_and_not_judged_again(samples: WarehouseSamples) -> None:
    judged = []

    def undefined(sample: Sample) -> Judgement:
        judged.append(sample.item)
        return Judgement(None, "undefined", "no sentence")

    for _ in range(2):
        run(samples, Answers(), (Evaluator("undefined", undefined),))
    assert len(judged) == 5
    assert samples.stored()["i0"].judgements == {"undefined": Judgement(None, "undefined", "no sentence")}


def test_what_a_cut_off_target_left_behind_is_no_finished_sample(
    samples: WarehouseSamples, writer: Writer, warehouse: Warehouse
) -> None:
    recorder = Recorder(writer)
    tracer = recorder.tracer("default")
    # As after a kill: the target's own span was committed, the sample's root never ended.
    with tracer.start_as_current_span("sample that never ends"):
        span = tracer.start_span("invoke_agent", attributes={"windlass.run": "run-1", "windlass.item": "i0"})
        span.set_status(trace.Status(trace.StatusCode.ERROR, "cut off"))
        span.end()
        assert recorder.flush()
        writer.flush()
        assert samples.stored() == {}
        target = Answers()
        run(samples, target)
    recorder.close()
    assert sorted(target.calls) == [item.id for item in ITEMS]
    assert samples.stored()["i0"].prediction is not None


def test_spans_of_the_target_are_committed_before_the_sample(writer: Writer, warehouse: Warehouse) -> None:
    recorder = Recorder(writer, delay_s=60)
    tracer = recorder.tracer("default")

    async def traced(item: Item) -> Prediction:
        with tracer.start_as_current_span("retrieval"):
            return Prediction(output="x")

    store = WarehouseSamples(
        writer, warehouse, project="default", run="run-1", release="sha256:abc", flush=recorder.flush
    )
    asyncio.run(run_samples(ITEMS, traced, [exact_match], store, settings=FAST))
    for result in store.stored().values():
        found = get_trace(warehouse, "default", result.trace_id)
        assert found is not None
        root, child = sorted(found.spans, key=lambda span: span.parent_span_id is not None)
        assert (root.name, root.parent_span_id) == ("sample", None)
        assert (child.name, child.parent_span_id) == ("retrieval", root.span_id)
    recorder.close()


def test_a_sample_that_is_committed_is_finished_before_the_engine_has_loaded_it(
    samples: WarehouseSamples, writer: Writer, warehouse: Warehouse
) -> None:
    result = SampleResult("i0", "0" * 31 + "1", "0" * 15 + "1", 1, 2, Prediction(output="x"))
    samples.write([(ITEMS[0], result)])
    taken_up = samples_of(writer, warehouse, "run-1").finished(ITEMS, range(1, 2), ())
    assert taken_up.samples == 1
    assert [taken_up.has(position, 1) for position in range(2)] == [True, False]


def test_a_target_whose_spans_cannot_be_committed_is_unavailable(writer: Writer, warehouse: Warehouse) -> None:
    store = WarehouseSamples(
        writer, warehouse, project="default", run="run-1", release="sha256:abc", flush=lambda: False
    )
    result = SampleResult("i0", "0" * 31 + "1", "0" * 15 + "1", 1, 2, Prediction(output="x"))
    with pytest.raises(Unavailable, match="not committed yet"):
        store.write([(ITEMS[0], result)])
    assert store.stored() == {}


def test_a_large_run_is_read_in_pieces_and_summarised_the_same(writer: Writer, warehouse: Warehouse) -> None:
    items = [Item(id=f"i{number:02}", input="?", reference=str(number % 3)) for number in range(40)]

    async def ask(item: Item) -> Prediction:
        if item.id == "i07":
            raise ValueError("no such page")
        return Prediction(output=str(int(item.id[1:]) % 2), latency_s=0.1)

    def store(piece: int) -> WarehouseSamples:
        return WarehouseSamples(writer, warehouse, project="default", run="r", release="sha256:a", piece=piece)

    settings = RunnerSettings(concurrency=8, repeats=2, backoff_s=0.001)
    assert asyncio.run(run_samples(items, ask, [exact_match], store(1000), settings=settings)).finished == 80
    [whole] = store(1000).pieces()
    pieces = list(store(20).pieces())
    assert len(pieces) > 2
    assert {key: result for piece in pieces for key, result in piece.items()} == whole
    for piece in pieces:
        assert {result.repeat for result in piece.values()} == {1, 2}
    unasked = [*items, Item(id="never", input="?", reference="0")]
    at_once = summarise(whole, unasked, ["exact_match"], 2)
    columns = store(20).scores(ItemIndex(item.id for item in unasked))
    assert summarise_scores(columns, ["exact_match"], 2) == at_once
    assert at_once["exact_match"].missing_why == {"failed": 1, "absent": 1}
    # Taken up again, nothing is asked.
    assert asyncio.run(run_samples(items, ask, [exact_match], store(20), settings=settings)) == Progress(80, 80, 2)


def test_scores_of_a_run_are_stored_as_the_same_sent_from_outside_would_be(
    samples: WarehouseSamples, writer: Writer, warehouse: Warehouse
) -> None:
    judgements = {
        "f1": Judgement(np.float64(0.25), "low", "한국어 ✓", evidence={"pages": [1, None]}),
        "helpful": Judgement(True, source="judge"),
        "undefined": Judgement(None, "undefined", "no sentence"),
    }
    result = SampleResult("i1", "ab" * 16, "cd" * 8, 1, 2, Prediction(output="1"), judgements=judgements)
    samples.write_judgements([result])
    columns = "* EXCEPT (time, received, project)"
    own = warehouse.query(f"SELECT {columns} FROM scores WHERE project = 'default' ORDER BY name")
    writer.write_scores("outside", scores_of(result, run="run-1", release="sha256:abc"))
    sent = warehouse.query(f"SELECT {columns} FROM scores WHERE project = 'outside' ORDER BY name")
    assert len(own) == 3
    assert own == sent


def test_a_run_is_gone_on_with_where_it_was_left_whatever_lacks_there(
    writer: Writer, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [Item(id=f"i{number:02}", input="?", reference=f"i{number:02}") for number in range(40)]
    store = samples_of(writer, warehouse, "run-3")
    settings = RunnerSettings(concurrency=4, repeats=2, backoff_s=0.001)
    asked: list[str] = []

    async def ask(item: Item) -> Prediction:
        asked.append(item.id)
        return Prediction(output=item.id)

    half = [item for number, item in enumerate(items) if number % 3]
    asyncio.run(run_samples(half, ask, [exact_match], store, settings=settings))
    asyncio.run(run_samples(items[:3], ask, [], store, settings=RunnerSettings(concurrency=4)))
    asked.clear()
    # What is there lies apart: two items of three, which lack one judgement or both.
    looked_up: list[Sequence[str]] = []
    of_items = store.of_items

    def noted(ids: Sequence[str]) -> Mapping[str, SampleResult]:
        looked_up.append(ids)
        return of_items(ids)

    monkeypatch.setattr(store, "of_items", noted)
    done = asyncio.run(run_samples(items, ask, [exact_match, groundedness], store, settings=settings))
    assert done == Progress(80, 80, 0)
    assert sorted(asked) == sorted([items[0].id] + 2 * [item.id for item in items[3::3]])
    assert len(looked_up) == 1, "what lacks a judgement is read in one question, however it lies"
    assert all(set(each.judgements) == {"exact_match", "groundedness"} for each in store.stored().values())
