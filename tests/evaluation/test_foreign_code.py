"""What users' code may do: none of it costs another sample than its own."""

import asyncio
import sys
import threading
from collections.abc import Callable, Sequence

import pytest

from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.functions import call_in_thread, predict
from windlass.evaluation.memory import MemorySamples
from windlass.evaluation.metrics.answers import exact_match
from windlass.evaluation.runner import RunnerSettings, run_samples
from windlass.evaluation.samples import Item, Judgement, Prediction, Sample, SampleResult
from windlass.evaluation.spans import encode_samples
from windlass.evaluation.trajectories import ToolCall

SETTINGS = RunnerSettings(concurrency=2, linger_s=0.0, timeout_s=5)
ITEMS = [Item(id=f"i{number}", input=str(number), reference="yes") for number in range(6)]

HALF = "half \ud800 a character"


class UntellableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("It cannot be told.")


class Written(MemorySamples):
    """A store that writes samples down as those on disk do."""

    def write(self, samples: Sequence[tuple[Item, SampleResult]]) -> None:
        encode_samples(samples, {})
        super().write(samples)


def evaluate(target: Callable[[str], object], *evaluators: Evaluator) -> dict[str, SampleResult]:
    async def ask(item: Item) -> Prediction:
        return await predict(target, item.input)

    store = Written()
    asyncio.run(run_samples(ITEMS, ask, evaluators or [exact_match], store, settings=SETTINGS))
    return dict(store.stored())


def ends(_: object) -> str:
    sys.exit(3)


def untellable(_: object) -> str:
    raise UntellableError


def gives_half(_: object) -> str:
    raise ValueError(HALF)


def runs_out(_: object) -> str:
    return next(iter(()))


async def waits_for_what_is_cancelled(_: object) -> str:
    other = asyncio.ensure_future(asyncio.sleep(60))
    other.cancel()
    await other
    return ""


def calls_what_is_no_json(_: object) -> Prediction:
    return Prediction("yes", trajectory=(ToolCall("find", {}, "done", object()),))


@pytest.mark.parametrize(
    ("target", "error"),
    [
        (ends, "it ended its process (sys.exit) instead of answering"),
        (untellable, "UntellableError"),
        (gives_half, "half ? a character"),
        (runs_out, "it raised StopIteration()"),
        (waits_for_what_is_cancelled, "what it waited for was cancelled"),
        (calls_what_is_no_json, "the target's answer cannot be written down as JSON: "),
        (lambda _: Prediction(None), "The target returned a Prediction whose output is a NoneType."),  # type: ignore[arg-type]
    ],
)
def test_whatever_a_target_does_is_the_result_of_its_sample_alone(
    target: Callable[[object], object], error: str
) -> None:
    def sometimes(asked: str) -> object:
        return target(asked) if asked == "1" else "yes"

    results = evaluate(sometimes)
    assert len(results) == len(ITEMS)
    failed = results.pop("i1")
    assert failed.prediction is None
    assert str(failed.error).startswith(error)
    assert {result.judgements["exact_match"].value for result in results.values()} == {1.0}


def test_half_a_character_is_a_question_mark() -> None:
    results = evaluate(lambda _: HALF, Evaluator("said", lambda _: Judgement(1.0, HALF, HALF)))
    prediction, judgement = results["i0"].prediction, results["i0"].judgements["said"]
    assert prediction is not None
    assert prediction.output == judgement.label == judgement.explanation == "half ? a character"


def deep() -> list[object]:
    nested: list[object] = []
    for _ in range(sys.getrecursionlimit()):
        nested = [nested]
    return nested


@pytest.mark.parametrize(
    ("said", "explanation"),
    [
        (lambda: sys.exit(3), "SystemExit: it ended its process (sys.exit) instead of answering"),
        (lambda: untellable(""), "UntellableError: UntellableError"),
        (lambda: float("nan"), "the evaluator returned nan, which is not a finite number"),
        (lambda: Judgement(float("-inf")), "the evaluator returned -inf, which is not a finite number"),
        (lambda: 10**400, "OverflowError: "),
        (lambda: "good", "ValueError: could not convert string to float"),
        (lambda: [1.0], "TypeError: float() argument must be"),
        (lambda: Judgement(1.0, evidence={1}), "the evaluator's evidence is no JSON: "),  # type: ignore[arg-type]
        (lambda: Judgement(1.0, evidence=float("nan")), "the evaluator's evidence is no JSON: "),
        (lambda: Judgement(1.0, evidence=deep()), "the evaluator's evidence is no JSON: maximum recursion"),  # type: ignore[arg-type]
        (lambda: Judgement(1.0, evidence=HALF), "the evaluator's evidence is no JSON: "),
        (lambda: Judgement(1.0, source="me"), "the evaluator's judgement is of 'me'"),  # type: ignore[arg-type]
    ],
)
@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_whatever_an_evaluator_says_costs_its_own_score_alone(
    said: Callable[[], object], explanation: str, *, is_async: bool
) -> None:
    def function(_: Sample) -> object:
        return said()

    async def waiting(_: Sample) -> object:
        return said()

    odd = Evaluator("odd", waiting if is_async else function)  # type: ignore[arg-type]
    for result in evaluate(lambda _: "yes", exact_match, odd).values():
        assert result.judgements["exact_match"] == Judgement(1.0)
        judgement = result.judgements["odd"]
        assert (judgement.value, judgement.label) == (None, "error")
        assert judgement.explanation.startswith(explanation)


def test_what_an_evaluator_leaves_out_of_its_judgement_is_nothing() -> None:
    odd = Evaluator("odd", lambda _: Judgement(True, None, None))  # type: ignore[arg-type]
    assert evaluate(lambda _: "yes", odd)["i0"].judgements["odd"] == Judgement(1.0)


def test_as_many_functions_are_called_at_once_as_are_asked_for() -> None:
    together = threading.Barrier(50)

    async def call_all() -> None:
        await asyncio.gather(*(call_in_thread(together.wait, 5) for _ in range(50)))

    asyncio.run(call_all())


def test_functions_that_never_return_keep_neither_the_run_nor_its_end() -> None:
    never = threading.Event()
    store = MemorySamples()

    async def ask(item: Item) -> Prediction:
        return await predict(lambda _: never.wait(60) and "no", item.input)

    # More of them than a pool of threads has places, which storing needs too.
    items = [Item(id=f"i{number}", input="") for number in range(40)]
    settings = RunnerSettings(concurrency=40, timeout_s=0.05)
    progress = asyncio.run(asyncio.wait_for(run_samples(items, ask, [exact_match], store, settings=settings), 20))
    never.set()
    assert (progress.finished, progress.failed) == (40, 40)
    assert {result.error for result in store.stored().values()} == {"the target did not answer within 0.05 s"}
