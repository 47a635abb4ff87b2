import asyncio
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pytest
from opentelemetry import trace

from windlass.errors import ConfigurationError, ProviderError, Unavailable
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.memory import MemorySamples
from windlass.evaluation.metrics.answers import exact_match, token_f1
from windlass.evaluation.runner import Progress, RunnerSettings, run_samples
from windlass.evaluation.sample_stores import Finished, SampleStore
from windlass.evaluation.samples import Item, Judgement, Prediction, Sample, SampleResult, Target
from windlass.models.calls.stopping import Stopped

FAST = RunnerSettings(concurrency=4, backoff_s=0.001, linger_s=0.0)


def make_items(count: int) -> list[Item]:
    return [
        Item(id=f"item-{number}", input=f"question {number}", reference=f"{number}") for number in range(count)
    ]


class Answers:
    """A target that answers with the number in the question, and counts."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def __call__(self, item: Item) -> Prediction:
        self.calls.append(item.id)
        return Prediction(output=str(item.input).split()[-1])


def sample_all(
    items: Sequence[Item],
    target: Target,
    store: SampleStore,
    evaluators: Sequence[Evaluator] = (exact_match,),
    settings: RunnerSettings = FAST,
) -> Progress:
    return asyncio.run(run_samples(items, target, evaluators, store, settings=settings))


def test_every_item_is_asked_once_scored_and_stored(store: MemorySamples) -> None:
    target, items = Answers(), make_items(300)
    progress = sample_all(items, target, store, (exact_match, token_f1))
    assert progress == Progress(items=300, finished=300, failed=0)
    assert sorted(target.calls) == sorted(item.id for item in items)
    assert set(store.stored()) == {item.id for item in items}
    kept = store.stored()["item-7"]
    assert kept.judgements == {"exact_match": Judgement(1.0), "token_f1": Judgement(1.0)}
    assert kept.prediction is not None
    assert kept.prediction.latency_s is not None


def test_what_is_answered_is_stored_while_the_last_sample_is_asked(store: MemorySamples) -> None:
    items = make_items(3)
    are_stored = threading.Event()
    waited_for: list[bool] = []

    async def target(item: Item) -> Prediction:
        if item is items[-1]:
            waited_for.append(await asyncio.to_thread(are_stored.wait, 30))
        return Prediction(output="")

    def observe(progress: Progress) -> bool:
        if progress.finished == 2:
            are_stored.set()
        return True

    patient = RunnerSettings(concurrency=1, linger_s=3600.0)
    progress = asyncio.run(run_samples(items, target, (exact_match,), store, settings=patient, observe=observe))
    assert waited_for == [True]
    assert progress.finished == 3


def test_no_more_than_the_concurrency_is_in_flight(store: MemorySamples) -> None:
    flying, most = 0, 0

    async def target(item: Item) -> Prediction:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        flying -= 1
        return Prediction(output="")

    sample_all(make_items(50), target, store)
    assert most == 4


def test_an_error_of_the_target_is_a_failed_sample(store: MemorySamples) -> None:
    calls = []

    async def target(item: Item) -> Prediction:
        calls.append(item.id)
        if item.id == "item-1":
            raise ValueError("no such page")
        return Prediction(output="0")

    progress = sample_all(make_items(3), target, store)
    assert progress == Progress(items=3, finished=3, failed=1)
    failed = store.stored()["item-1"]
    assert (failed.prediction, failed.error, failed.error_type) == (None, "no such page", "ValueError")
    assert failed.judgements == {}
    assert calls.count("item-1") == 1


@pytest.mark.parametrize("error", [Unavailable("busy"), ProviderError("500")])
def test_a_passing_trouble_is_tried_again(store: MemorySamples, error: Exception) -> None:
    calls = 0

    async def target(item: Item) -> Prediction:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise error
        return Prediction(output="0")

    assert sample_all(make_items(1), target, store).failed == 0
    assert calls == 3
    assert store.stored()["item-0"].attempts == 3


def test_a_lasting_trouble_becomes_the_sample_after_all_attempts(store: MemorySamples) -> None:
    calls = 0

    async def target(item: Item) -> Prediction:
        nonlocal calls
        calls += 1
        raise ProviderError("the provider answered 500")

    assert sample_all(make_items(1), target, store).failed == 1
    assert calls == 3
    assert store.stored()["item-0"].error == "the provider answered 500"


def test_what_cannot_succeed_is_not_asked_again(store: MemorySamples) -> None:
    calls = 0

    async def target(item: Item) -> Prediction:
        nonlocal calls
        calls += 1
        refusal = ProviderError("the key was refused")
        refusal.retryable = False
        raise refusal

    assert sample_all(make_items(1), target, store).failed == 1
    assert calls == 1
    assert store.stored()["item-0"].error == "the key was refused"


def test_a_target_that_hangs_is_given_up(store: MemorySamples) -> None:
    async def target(item: Item) -> Prediction:
        await asyncio.Event().wait()
        raise AssertionError("nothing sets the event")

    sample_all(make_items(1), target, store, settings=replace(FAST, timeout_s=0.05))
    assert store.stored()["item-0"].error == "the target did not answer within 0.05 s"


def test_all_attempts_of_a_sample_share_its_time(store: MemorySamples) -> None:
    calls = 0

    async def target(item: Item) -> Prediction:
        nonlocal calls
        calls += 1
        await asyncio.sleep(0.06)
        raise Unavailable("busy")

    sample_all(make_items(1), target, store, settings=replace(FAST, timeout_s=0.1))
    assert calls == 2
    assert store.stored()["item-0"].error_type == "TimeoutError"


def test_a_timeout_of_the_target_s_own_is_told_in_its_words(store: MemorySamples) -> None:
    async def target(item: Item) -> Prediction:
        raise TimeoutError("the database did not answer")

    sample_all(make_items(1), target, store)
    assert store.stored()["item-0"].error == "the database did not answer"


def test_a_stopped_call_ends_the_run_and_leaves_its_item_to_be_asked(store: MemorySamples) -> None:
    async def target(item: Item) -> Prediction:
        if item.id >= "item-4":
            raise Stopped("The budget is spent.")
        return Prediction(output=item.id.removeprefix("item-"))

    items = make_items(9)
    progress = sample_all(items, target, store, settings=replace(FAST, concurrency=1))
    assert progress == Progress(9, 4, 0, stopped=True)
    rest = Answers()
    assert sample_all(items, rest, store) == Progress(9, 9, 0)
    assert sorted(rest.calls) == [f"item-{number}" for number in range(4, 9)]


def test_a_judge_that_was_stopped_is_asked_when_the_run_goes_on(store: MemorySamples) -> None:
    stopped = True

    async def judge(sample: Sample) -> float:
        if stopped:
            raise Stopped("The budget is spent.")
        return 1.0

    charm = Evaluator("charm", judge)
    sample_all(make_items(2), Answers(), store, [charm, exact_match])
    assert [set(result.judgements) for result in store.stored().values()] == [{"exact_match"}] * 2
    stopped = False
    rest = Answers()
    sample_all(make_items(2), rest, store, [charm, exact_match])
    assert [result.judgements["charm"].value for result in store.stored().values()] == [1.0, 1.0]
    assert rest.calls == []


def test_a_missing_key_ends_the_run_but_loses_no_sample_in_flight(store: MemorySamples) -> None:
    async def target(item: Item) -> Prediction:
        if item.id == "item-2":
            raise ConfigurationError("Set OPENAI_API_KEY.")
        await asyncio.sleep(0.01)
        return Prediction(output="0")

    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY"):
        sample_all(make_items(100), target, store)
    assert set(store.stored()) == {"item-0", "item-1"}


def test_finished_samples_are_not_asked_again(store: MemorySamples) -> None:
    items = make_items(20)
    sample_all(items[:12], Answers(), store)
    rest = Answers()
    progress = sample_all(items, rest, store)
    assert progress == Progress(items=20, finished=20, failed=0)
    assert sorted(rest.calls) == sorted(item.id for item in items[12:])


def test_failed_samples_are_finished_too(store: MemorySamples) -> None:
    async def failing(item: Item) -> Prediction:
        raise ValueError("no")

    sample_all(make_items(3), failing, store)
    again = Answers()
    assert sample_all(make_items(3), again, store) == Progress(items=3, finished=3, failed=3)
    assert again.calls == []


def test_a_stored_sample_without_its_scores_is_scored_from_its_prediction(store: MemorySamples) -> None:
    items, judged = make_items(3), []
    sample_all(items, Answers(), store)
    unscored = replace(store.stored()["item-1"], judgements={})
    store.write([(items[1], unscored)])

    def again(sample: Sample) -> float:
        judged.append(sample.item)
        return 1.0

    target = Answers()
    sample_all(items, target, store, (Evaluator("exact_match", again),))
    assert target.calls == []
    assert judged == ["item-1"]
    assert store.stored()["item-1"].judgements == {"exact_match": Judgement(1.0)}


async def slow_length(sample: Sample) -> Judgement:
    await asyncio.sleep(0)
    context = trace.get_current_span().get_span_context()
    return Judgement(float(len(sample.output)), "slow", format(context.trace_id, "032x"), "judge")


LENGTH = Evaluator("length", slow_length)


def test_an_evaluator_that_waits_judges_within_the_sample_beside_those_that_do_not(store: MemorySamples) -> None:
    sample_all(make_items(12), Answers(), store, (LENGTH, exact_match))
    for stored in store.stored().values():
        assert stored.judgements["exact_match"] == Judgement(1.0)
        assert stored.judgements["length"].explanation == stored.trace_id
    assert store.stored()["item-11"].judgements["length"].value == 2.0


def test_a_function_that_hides_that_it_waits_is_told_so(store: MemorySamples) -> None:
    sample_all(make_items(1), Answers(), store, (Evaluator("hidden", lambda sample: slow_length(sample)),))
    judgement = store.stored()["item-0"].judgements["hidden"]
    assert (judgement.value, judgement.label) == (None, "error")
    assert judgement.explanation == "TypeError: it is async, and was called as if it were not"


def test_no_more_samples_than_the_concurrency_are_judged_at_once(store: MemorySamples) -> None:
    flying, most = 0, 0

    async def judge(sample: Sample) -> float:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await asyncio.sleep(0.002)
        flying -= 1
        return 1.0

    evaluator = Evaluator("judge", judge)
    sample_all(make_items(20), Answers(), store, (evaluator,))
    assert most == FAST.concurrency
    bare = [(item, replace(store.stored()[item.id], judgements={})) for item in make_items(20)]
    store.write(bare)
    most = 0
    target = Answers()
    sample_all(make_items(20), target, store, (evaluator,))
    assert (most, target.calls) == (FAST.concurrency, [])
    assert all(stored.judgements["judge"].value == 1.0 for stored in store.stored().values())


def test_a_judge_that_fails_or_hangs_is_a_missing_score_and_no_lost_sample(store: MemorySamples) -> None:
    async def fails(sample: Sample) -> float:
        raise ValueError("no rubric")

    async def hangs(sample: Sample) -> float:
        await asyncio.sleep(60)
        return 1.0

    settings = replace(FAST, timeout_s=0.01)
    sample_all(make_items(1), Answers(), store, (Evaluator("a", fails), Evaluator("b", hangs)), settings)
    judgements = store.stored()["item-0"].judgements
    assert judgements["a"] == Judgement(None, "error", "ValueError: no rubric")
    assert judgements["b"] == Judgement(None, "error", "The evaluator did not answer within 0.01 s.")


def test_spans_of_the_target_are_children_of_the_sample(store: MemorySamples) -> None:
    seen = {}

    async def target(item: Item) -> Prediction:
        await asyncio.sleep(0)
        seen[item.id] = trace.get_current_span().get_span_context()
        return Prediction(output="")

    sample_all(make_items(8), target, store)
    for item, context in seen.items():
        assert format(context.trace_id, "032x") == store.stored()[item].trace_id
        assert format(context.span_id, "016x") == store.stored()[item].span_id
        assert context.trace_flags.sampled
    assert len({context.trace_id for context in seen.values()}) == 8


def test_an_observer_can_stop_the_run_after_what_is_in_flight(store: MemorySamples) -> None:
    reports: list[Progress] = []

    def observe(progress: Progress) -> bool:
        reports.append(progress)
        return progress.finished < 10

    target = Answers()

    async def slowly(item: Item) -> Prediction:
        await asyncio.sleep(0.001)
        return await target(item)

    progress = asyncio.run(
        run_samples(make_items(500), slowly, [exact_match], store, settings=FAST, observe=observe)
    )
    assert progress.stopped
    assert 10 <= progress.finished < 100
    assert len(target.calls) == progress.finished == len(store.stored())
    assert reports[0] == Progress(500, 0, 0)


class Faltering(SampleStore):
    """A store that is unavailable for the first writes."""

    def __init__(self, inner: SampleStore, failures: int, error: Exception) -> None:
        self._inner, self._failures, self._error = inner, failures, error
        self.thread_names: set[str] = set()

    def finished(self, items: Sequence[Item], repeats: range, names: Collection[str]) -> Finished:
        return self._inner.finished(items, repeats, names)

    def of_items(self, items: Sequence[str]) -> Mapping[str, SampleResult]:
        return self._inner.of_items(items)

    def write(self, samples: Sequence[tuple[Item, SampleResult]]) -> None:
        self.thread_names.add(threading.current_thread().name)
        if self._failures > 0:
            self._failures -= 1
            raise self._error
        self._inner.write(samples)

    def write_judgements(self, results: Sequence[SampleResult]) -> None:
        self._inner.write_judgements(results)

    def settle(self) -> None:
        self._inner.settle()


def test_a_store_that_is_briefly_away_loses_nothing(store: MemorySamples) -> None:
    target = Answers()
    faltering = Faltering(store, 1, Unavailable("the queue is full"))
    assert sample_all(make_items(10), target, faltering).finished == 10
    assert len(store.stored()) == len(target.calls) == 10
    assert "MainThread" not in faltering.thread_names


def test_while_the_store_is_away_nothing_is_asked_and_what_was_answered_is_kept(store: MemorySamples) -> None:
    target = Answers()

    class Away(Faltering):
        def write(self, samples: Sequence[tuple[Item, SampleResult]]) -> None:
            # What was in flight when it went away is answered; no other is asked until it is back.
            asked.append(len(target.calls))
            super().write(samples)

    asked: list[int] = []

    async def slowly(item: Item) -> Prediction:
        await asyncio.sleep(0.01)
        return await target(item)

    assert sample_all(make_items(100), slowly, Away(store, 3, Unavailable("away"))).finished == 100
    assert len(asked) > 3
    assert asked[3] - asked[1] <= FAST.concurrency
    assert len(target.calls) == len(set(target.calls)) == 100


def test_a_store_that_stays_away_when_the_process_ends_ends_the_run(store: MemorySamples) -> None:
    give_up = threading.Event()
    give_up.set()
    faltering = Faltering(store, 10, Unavailable("away"))
    with pytest.raises(Unavailable, match="away"):
        asyncio.run(
            run_samples(make_items(5), Answers(), [exact_match], faltering, settings=FAST, give_up=give_up)
        )


def test_a_store_that_breaks_ends_the_run(store: MemorySamples) -> None:
    with pytest.raises(OSError, match="no disk"):
        sample_all(make_items(1000), Answers(), Faltering(store, 10, OSError("no disk")))


def test_an_item_is_asked_all_its_times_before_the_next_where_that_is_wanted(store: MemorySamples) -> None:
    target, items = Answers(), make_items(3)
    one_by_one = RunnerSettings(concurrency=1, linger_s=0.0, repeats=2, item_by_item=True)
    progress = sample_all(items, target, store, settings=one_by_one)
    assert progress == Progress(items=6, finished=6, failed=0)
    assert target.calls == ["item-0", "item-0", "item-1", "item-1", "item-2", "item-2"]
