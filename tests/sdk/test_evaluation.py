"""`windlass.evaluate` against the running server."""

import asyncio
import functools
import io
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import windlass
from tests.live import CAREFUL, Project
from windlass.errors import InputError, NotFound, Unavailable
from windlass.evaluation.evaluators import evaluator
from windlass.evaluation.samples import Context, Prediction
from windlass.evaluation.statistics.rates import clopper_pearson
from windlass.models.completion import Usage
from windlass.sdk.evaluation import Metric

ITEMS = [{"id": f"i{number}", "input": f"{number} + 1", "reference": str(number + 1)} for number in range(6)]


@pytest.fixture(autouse=True)
def _connected(project: Project) -> Iterator[None]:
    windlass.init(project.live.url, api_key=project.key, service_name="tests")
    yield
    windlass.shutdown()


def add(question: str) -> str:
    first, second = question.split(" + ")
    return str(int(first) + int(second))


def refuse_to_add(question: str) -> str:
    return "I cannot add."


async def add_later(question: str) -> str:
    await asyncio.sleep(0)
    return add(question)


class Adder:
    async def __call__(self, question: str) -> str:
        return add(question)


def samples_of(project: Project, run: windlass.Run) -> list[dict[str, Any]]:
    return list(project.client.pages(f"/runs/{run.id}/samples"))


@pytest.mark.parametrize(
    "target", [add, add_later, Adder(), functools.partial(add)], ids=["function", "coroutine", "object", "partial"]
)
def test_whatever_can_be_called_is_evaluated(project: Project, target: Callable[[str], Any]) -> None:
    release = project.push_release(instructions=CAREFUL)
    run = windlass.evaluate(
        target, dataset=ITEMS, evaluators=["exact_match"], release=f"adder@{release['digest']}", name="sums"
    )
    assert (run.items, run.failed) == (6, 0)
    assert run.metrics == {"exact_match": ALL_SIX}
    assert [sample["output"] for sample in samples_of(project, run)] == [str(number + 1) for number in range(6)]
    stored = project.client.get(f"/runs/{run.id}")
    assert (stored["state"], stored["finished_items"], stored["failed_items"]) == ("finished", 6, 0)
    assert run.url == f"{project.live.url}/runs/{run.id}"


def test_a_judge_of_ones_own_process_and_an_async_function_grade(project: Project) -> None:
    async def is_short(sample: windlass.Sample) -> bool:
        await asyncio.sleep(0)
        return len(sample.output) == 1

    judge = windlass.judge(
        "rubric",
        name="right_sum",
        model="openai:judge",
        base_url=project.live.provider.url,
        criteria="Is the sum right?",
        scores={"0": "wrong", "1": "right"},
    )
    asked = [{"id": each["id"], "input": {"question": each["input"]}} for each in ITEMS]
    run = windlass.evaluate(lambda asked: "3", dataset=asked, evaluators=[judge, is_short], name="threes")
    assert (run.metrics["right_sum"].judged, run.metrics["is_short"].judged) == (True, False)
    assert run.metrics["is_short"] == ALL_SIX
    assert run.metrics["right_sum"].n == 6
    right = samples_of(project, run)[2]
    assert (right["scores"]["right_sum"], right["explanations"]["right_sum"]) == (1.0, "It is 3.")
    trace = project.client.get(f"/traces/{right['trace_id']}")
    assert {score["name"]: score["source"] for score in trace["scores"]} == {
        "right_sum": "judge",
        "is_short": "code",
    }
    with pytest.raises(InputError, match="A rubric has at least two scores"):
        windlass.judge("rubric", model="openai:judge", base_url="http://127.0.0.1:1", criteria="c", scores={})


ALL_SIX = Metric(mean=1.0, low=clopper_pearson(6, 6).low, high=1.0, n=6, missing=0, missing_why={})
"""1 on every item."""


def test_a_release_is_made_of_the_functions_own_source(project: Project) -> None:
    first = windlass.evaluate(add, dataset=ITEMS, evaluators=["exact_match"])
    second = windlass.evaluate(add, dataset=ITEMS, evaluators=["exact_match"])
    other = windlass.evaluate(add_later, dataset=ITEMS, evaluators=["exact_match"], name="add")
    releases = [project.client.get(f"/runs/{run.id}")["release"] for run in (first, second, other)]
    assert [release["name"] for release in releases] == ["add"] * 3
    assert [release["number"] for release in releases] == [1, 1, 2]
    body = project.client.get("/artifacts/release/add/versions/1")["body"]
    assert body["code"]["entry"].endswith("test_evaluation:add")
    # The same items are the same version.
    assert len(project.client.get("/artifacts/dataset/add")["versions"]) == 1


def test_each_sample_is_one_trace_with_what_the_function_traced(project: Project) -> None:
    @windlass.trace(kind="execute_tool")
    def calculate(question: str) -> str:
        return add(question)

    def traced(question: str) -> str:
        return calculate(question)

    run = windlass.evaluate(traced, dataset=ITEMS[:2], evaluators=["exact_match"], name="traced")
    sample = samples_of(project, run)[0]
    trace = project.client.get(f"/traces/{sample['trace_id']}")
    assert [(span["name"].rpartition(".")[2], span["operation"]) for span in trace["spans"]] == [
        ("sample", ""),
        ("calculate", "execute_tool"),
    ]
    assert (trace["run"], trace["item"], trace["input"], trace["output"]) == (run.id, "i0", "0 + 1", "1")
    assert [(score["name"], score["value"]) for score in trace["scores"]] == [("exact_match", 1.0)]


def test_own_evaluators_judge_with_numbers_nothing_and_judgements(project: Project) -> None:
    def is_short(sample: windlass.Sample) -> bool:
        return len(sample.output) < 2

    def nothing(sample: windlass.Sample) -> None:
        return None

    def verdict(sample: windlass.Sample) -> windlass.Judgement:
        return windlass.Judgement(0.5, label="so-so", explanation=f"answered {sample.output}")

    def broken(sample: windlass.Sample) -> float:
        raise KeyError("colour")

    @evaluator(higher_is_better=False, needs=("reference",))
    def distance(sample: windlass.Sample) -> float:
        """How far off the answer is."""
        return abs(int(sample.output) - int(str(sample.reference)))

    run = windlass.evaluate(add, dataset=ITEMS, evaluators=[is_short, nothing, verdict, broken, distance])
    assert run.metrics["is_short"] == ALL_SIX
    assert (run.metrics["nothing"].n, run.metrics["broken"].n, run.metrics["broken"].missing) == (0, 0, 6)
    assert run.metrics["distance"].mean == 0
    sample = samples_of(project, run)[0]
    assert sample["labels"] == {"verdict": "so-so", "broken": "error"}
    assert sample["explanations"]["verdict"] == "answered 1"
    assert sample["explanations"]["broken"] == "KeyError: 'colour'"
    assert project.client.get(f"/runs/{run.id}")["settings"]["higher_is_better"]["distance"] is False


def test_what_the_target_raises_is_its_samples_result(project: Project) -> None:
    def fragile(question: str) -> str:
        if question.startswith("2"):
            raise ValueError("two is too much")
        return add(question)

    def wordless(question: str) -> Any:
        return 7

    run = windlass.evaluate(fragile, dataset=ITEMS, evaluators=["exact_match"])
    assert (run.items, run.failed) == (6, 1)
    assert (run.metrics["exact_match"].n, run.metrics["exact_match"].missing) == (5, 1)
    failed = samples_of(project, run)[2]
    assert (failed["error"], failed["output"]) == ("two is too much", "")
    assert project.client.get(f"/traces/{failed['trace_id']}")["status"] == "error"
    run = windlass.evaluate(wordless, dataset=ITEMS[:1], evaluators=["exact_match"])
    assert samples_of(project, run)[0]["error"] == (
        "The target returned a int; it returns text or a windlass Prediction."
    )


def test_a_prediction_brings_contexts_usage_and_cost(project: Project) -> None:
    def answer(question: dict[str, str]) -> Prediction:
        found = Context(document="guide.md", section="Sums", text="Two and two is four.")
        return Prediction("Two and two is four.", (found,), Usage(10, 5), cost_usd=0.25, latency_s=1.5)

    items = [{"input": {"question": "?"}, "metadata": {"page": "guide.md", "section": "Sums"}}]
    names = ["recall_at_5", "groundedness", "latency_s", "input_tokens", "cost_usd"]
    run = windlass.evaluate(answer, dataset=items, evaluators=names)
    means = {name: metric.mean for name, metric in run.metrics.items()}
    assert means == {
        "recall_at_5": 1.0,
        "groundedness": 1.0,
        "latency_s": 1.5,
        "input_tokens": 10.0,
        "cost_usd": 0.25,
    }


def test_at_most_so_many_are_asked_at_once(project: Project) -> None:
    lock, together = threading.Lock(), threading.Barrier(2, timeout=30)
    now, most = 0, 0

    def busy(question: str) -> str:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        together.wait()
        with lock:
            now -= 1
        return add(question)

    windlass.evaluate(busy, dataset=ITEMS, evaluators=["exact_match"], concurrency=2)
    assert most == 2


def test_it_works_where_a_loop_runs_already_as_in_a_notebook(project: Project) -> None:
    async def cell() -> windlass.Run:
        return windlass.evaluate(add_later, dataset=ITEMS, evaluators=["exact_match"])

    assert asyncio.run(cell()).failed == 0


def test_a_dataset_is_named_by_its_version(project: Project) -> None:
    project.push_sums(items=3)
    project.push_sums(items=4)

    def answer(question: dict[str, str]) -> str:
        return add(question["question"].removeprefix("What is ").removesuffix("?"))

    for name, items in (("sums@1", 3), ("dataset/sums@latest", 4), ("sums", 4)):
        run = windlass.evaluate(answer, dataset=name, evaluators=["exact_match"])
        assert (run.items, run.metrics["exact_match"].mean) == (items, 1.0)


def test_repeats_are_samples_of_one_item_and_tell_pass_k(project: Project) -> None:
    asked: list[str] = []

    def every_other(question: str) -> str:
        asked.append(question)
        return add(question) if len(asked) > len(ITEMS) else "0"

    run = windlass.evaluate(every_other, dataset=ITEMS, evaluators=["exact_match"], repeats=2, concurrency=1)
    assert (run.items, run.repeats, len(asked)) == (6, 2, 12)
    metric = run.metrics["exact_match"]
    assert (metric.mean, metric.n) == (0.5, 6)
    assert (metric.passing(2).pass_hat.mean, metric.passing(2).pass_at.mean) == (0.0, 1.0)
    assert [(sample["item"], sample["repeat"]) for sample in samples_of(project, run)[:3]] == [
        ("i0", 1),
        ("i0", 2),
        ("i1", 1),
    ]
    with pytest.raises(InputError, match=r"pass\^3 and pass@3 need 3 repeats of an item, and there are 2"):
        metric.passing(3)
    once = windlass.evaluate(add, dataset=ITEMS, evaluators=["exact_match"])
    with pytest.raises(InputError, match="this run has none, or the metric has other values"):
        once.metrics["exact_match"].passing(1)


def test_recorded_outputs_are_scored_in_place_of_calls(project: Project) -> None:
    items = [{**item, "metadata": {"gpt": {"output": item["reference"]}}} for item in ITEMS]
    run = windlass.evaluate(
        windlass.RecordedOutputs("gpt"), dataset=items, evaluators=["exact_match"], name="sums"
    )
    assert run.metrics["exact_match"].mean == 1.0
    assert project.client.get(f"/runs/{run.id}")["release"]["name"] == "sums-gpt"
    with pytest.raises(InputError, match="has no output in 'charm'"):
        windlass.evaluate(windlass.RecordedOutputs("charm"), dataset=items, evaluators=["exact_match"])


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"dataset": "none"}, NotFound, "There is no dataset 'none'"),
        ({"dataset": "prompt/none"}, InputError, "is a prompt, but a dataset is needed"),
        ({"dataset": []}, InputError, "has no items"),
        ({"dataset": [{"reference": "4"}]}, InputError, "the item has no 'input'"),
        ({"dataset": [{"input": float("nan")}]}, InputError, "What is to be sent is no JSON: Out of range float"),
        ({"dataset": [{"input": {4}}]}, InputError, "What is to be sent is no JSON: Object of type set"),
        ({"dataset": [{"input": "\ud800"}]}, InputError, r"half of a character in it \(\\ud800\)"),
        ({"evaluators": []}, InputError, "at least one evaluator"),
        ({"evaluators": ["charm"]}, InputError, "There is no evaluator"),
        ({"evaluators": ["recall_at_5"]}, InputError, r"needs 'metadata.page', item 'i0' has none \(6 of 6"),
        ({"evaluators": ["exact_match", "exact_match"]}, InputError, "Two evaluators are named 'exact_match'"),
        ({"evaluators": [lambda _: 1.0, lambda _: 2.0]}, InputError, "Two evaluators are named '<lambda>'"),
        ({"release": "none@1"}, NotFound, "There is no release 'none'"),
        ({"concurrency": 0}, InputError, "body.concurrency"),
        ({"repeats": 0}, InputError, "body.repeats"),
        ({"target": len}, InputError, "The source of <built-in function len> cannot be read"),
        ({"name": "Not a name"}, InputError, "is no name"),
    ],
)
def test_what_cannot_be_evaluated_is_one_sentence_before_the_first_call(
    project: Project, changes: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    asked: list[str] = []

    def target(question: str) -> str:
        asked.append(question)
        return question

    arguments = {"target": target, "dataset": ITEMS, "evaluators": ["exact_match"], **changes}
    with pytest.raises(error, match=sentence):
        windlass.evaluate(arguments.pop("target"), **arguments)
    assert asked == []
    assert project.client.get("/runs")["items"] == []


def test_a_run_that_breaks_off_does_not_stand_as_running_for_ever(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Unavailable("The server went away.")

    monkeypatch.setattr("windlass.evaluation.keeping._PATIENCE_S", 0.0)
    monkeypatch.setattr("windlass.client.Client.send_traces", away)
    with pytest.raises(Unavailable, match=r"The server went away\."):
        windlass.evaluate(add, dataset=ITEMS, evaluators=["exact_match"])
    (run,) = project.client.get("/runs")["items"]
    assert run["state"] == "cancelled"


def test_who_interrupts_a_run_keeps_the_samples_in_flight_and_has_no_other_asked(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    interrupted = threading.Event()

    class Told(io.StringIO):
        def write(self, text: str) -> int:
            interrupted.set()
            return super().write(text)

    told = Told()
    monkeypatch.setattr("sys.stderr", told)

    def target(question: str) -> str:
        begun.append(question)
        if len(begun) == 2:
            os.kill(os.getpid(), signal.SIGINT)
        # Both are in flight then.
        interrupted.wait(10)
        return add(question)

    with pytest.raises(KeyboardInterrupt):
        windlass.evaluate(target, dataset=ITEMS, evaluators=["exact_match"], concurrency=2)
    assert "Ending after the samples in flight; interrupt again" in told.getvalue()
    (run,) = project.client.get("/runs")["items"]
    assert (run["state"], run["finished_items"], len(begun)) == ("cancelled", 2, 2)
    assert (run["metrics"]["exact_match"]["n"], run["metrics"]["exact_match"]["missing_why"]) == (2, {"absent": 4})


def test_a_gate_decides_on_runs_of_ones_own(project: Project) -> None:
    def wrong(question: str) -> str:
        return add(question) if int(question.split()[0]) % 2 == 0 else "0"

    items = [{"input": f"{number} + 1", "reference": str(number + 1)} for number in range(24)]
    before = windlass.evaluate(wrong, dataset=items, evaluators=["exact_match"], name="adder")
    after = windlass.evaluate(add, dataset=items, evaluators=["exact_match"], name="adder")
    verdict = project.client.post("/gates", {"candidate": after.id, "baseline": before.id})
    assert verdict["outcome"] == "pass"


def test_a_run_may_be_required_to_pass_a_gate_against_another(project: Project) -> None:
    items = [{"id": f"i{number}", "input": f"{number} + 1", "reference": str(number + 1)} for number in range(20)]
    rule = {"primary": {"metric": "exact_match", "kind": "superiority"}}
    wrong, right = (
        windlass.evaluate(target, dataset=items, evaluators=["exact_match"], name="sums")
        for target in (refuse_to_add, add)
    )

    right.require_gate(wrong, rule)
    with pytest.raises(
        windlass.NotShown, match=rf"^Fail: exact_match is worse .*{project.live.url}/verdicts/"
    ) as told:
        wrong.require_gate(right.id, rule)

    assert told.value.outcome == "fail"


def test_an_item_that_takes_too_long_is_missing(project: Project) -> None:
    async def slow(question: str) -> str:
        if question == "0 + 1":
            await asyncio.sleep(30)
        return add(question)

    run = windlass.evaluate(slow, dataset=ITEMS, evaluators=["exact_match"], name="slow-sums", timeout_s=0.2)
    assert (run.failed, run.metrics["exact_match"].missing_why) == (1, {"timeout": 1})


def test_judges_keep_to_the_ceilings_of_their_run(project: Project) -> None:
    judge = windlass.judge(
        "rubric",
        name="right-sum",
        model="openai:judge",
        base_url=project.live.provider.url,
        criteria="Is the sum right?",
        scores={"0": "wrong", "1": "right"},
    )
    asked = [{"id": f"i{n}", "input": {"question": "What is 1 + 2?"}} for n in range(6)]
    began = time.monotonic()
    run = windlass.evaluate(
        lambda asked: "3", dataset=asked, evaluators=[judge], name="paced", requests_per_minute=600
    )
    # One each 100 ms, where all six would be asked at once.
    assert time.monotonic() - began > 0.5
    assert (run.state, run.metrics["right-sum"].mean) == ("finished", 1.0)


def test_a_run_that_is_cancelled_on_the_server_ends_here_and_keeps_what_it_has(project: Project) -> None:
    cancelled: list[str] = []

    async def slow(question: str) -> str:
        (stored,) = project.client.get("/runs")["items"]
        # It is told now and then how far the run is.
        if stored["finished_items"] and not cancelled:
            cancelled.append(project.client.post(f"/runs/{stored['id']}/cancel", {})["id"])
        await asyncio.sleep(0.1)
        return add(question)

    many = [{"id": f"i{n:02}", "input": f"{n} + 1", "reference": str(n + 1)} for n in range(200)]
    run = windlass.evaluate(slow, dataset=many, evaluators=["exact_match"], name="long", concurrency=1)
    stored = project.client.get(f"/runs/{run.id}")
    assert (cancelled, run.state, stored["state"]) == ([run.id], "cancelled", "cancelled")
    assert 0 < stored["finished_items"] < 200
    assert run.metrics["exact_match"].n == stored["finished_items"]


def test_judges_with_a_cache_ask_nothing_twice(project: Project) -> None:
    judge = windlass.judge(
        "rubric",
        name="right-sum",
        model="openai:judge",
        base_url=project.live.provider.url,
        criteria="Is the sum right?",
        scores={"0": "wrong", "1": "right"},
    )
    asked = [{"id": f"i{n}", "input": {"question": f"What is {n} + 2?"}} for n in range(3)]

    def answer(asked: dict[str, str]) -> str:
        return "3"

    first = windlass.evaluate(answer, dataset=asked, evaluators=[judge], name="cached", cache=True)
    calls = len(project.live.provider.calls)
    again = windlass.evaluate(answer, dataset=asked, evaluators=[judge], name="cached", cache=True)
    assert len(project.live.provider.calls) == calls
    assert again.metrics == first.metrics
    assert project.client.get("/cache")["answers"] == 3
    windlass.evaluate(answer, dataset=asked, evaluators=[judge], name="cached")
    assert len(project.live.provider.calls) == calls + 3


def test_how_far_it_is_is_drawn_where_that_is_wanted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")

    def fail_once(question: str) -> str:
        if question.startswith("0"):
            raise ValueError("I cannot.")
        return add(question)

    windlass.evaluate(fail_once, dataset=ITEMS, evaluators=["exact_match"], name="sums", progress=True)
    drawn = capsys.readouterr().err
    assert "evaluate sums" in drawn
    assert "6/6" in drawn
    assert "1 failed" in drawn
    windlass.evaluate(add, dataset=ITEMS, evaluators=["exact_match"], name="sums")
    assert capsys.readouterr().err == "", "standard error is no terminal here"
