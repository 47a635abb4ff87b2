from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.live import CAREFUL, CARELESS, Project
from windlass.errors import Conflict, InputError, NotFound, WindlassError
from windlass.evaluation.samples import Item, Prediction, SampleResult
from windlass.evaluation.spans import attributes_of, encode_samples


def test_a_run_is_started_followed_and_read_sample_by_sample(project: Project) -> None:
    release, data = project.push_release(), project.push_sums(items=6)
    with project.http() as http:
        body = {
            "release": "adder",
            "dataset": "sums",
            "evaluators": ["exact_match", "latency_s"],
            "concurrency": 2,
        }
        answer = http.post("/api/v1/runs", json=body)
    started = answer.json()
    assert (answer.status_code, started["state"], started["by"]) == (202, "queued", "key:a-admin")
    assert started["release"] == {"name": "adder", "number": 1, "digest": release["digest"]}
    assert started["dataset"] == {"name": "sums", "number": 1, "digest": data["digest"]}
    run = project.await_run(started["id"])
    assert (run["state"], run["error"], run["items"], run["finished_items"], run["failed_items"]) == (
        "finished",
        None,
        6,
        6,
        0,
    )
    assert run["concurrency"] == 2
    whole = {
        "mean": 1.0,
        "low": pytest.approx(0.025 ** (1 / 6)),
        "high": 1.0,
        "n": 6,
        "missing": 0,
        "missing_why": {},
        "coverage": 1.0,
    }
    assert run["metrics"]["exact_match"] == whole
    assert run["metrics"]["latency_s"]["mean"] > 0
    samples = list(project.client.pages(f"/runs/{run['id']}/samples", limit=4))
    assert [sample["item"] for sample in samples] == [f"i{number:03}" for number in range(6)]
    assert [sample["output"] for sample in samples] == ["4", "5", "6", "7", "8", "9"]
    assert samples[0]["input"] == {"question": "What is 0 + 4?"}
    assert samples[0]["scores"]["exact_match"] == 1.0
    trace = project.client.get(f"/traces/{samples[0]['trace_id']}")
    assert (trace["run"], trace["item"], trace["release"]) == (run["id"], "i000", release["digest"])
    assert {(score["name"], score["value"]) for score in trace["scores"]} >= {("exact_match", 1.0)}
    assert [span["operation"] for span in trace["spans"]][-2:] == ["invoke_agent", "chat"]


RUBRIC = {
    "function": "rubric",
    "parameters": {
        "model": "openai:judge",
        "criteria": "Is the sum right?",
        "scores": {"0": "wrong", "1": "right"},
        "model_parameters": {"temperature": 0},
    },
}


def test_a_judge_grades_each_sample_and_what_it_said_is_in_the_sample_s_trace(project: Project) -> None:
    project.client.post("/artifacts/evaluator/right-sum", {"body": RUBRIC})
    project.push_release(instructions=CARELESS)
    project.push_sums(items=6)
    run = project.evaluate("adder", evaluators=["right-sum", "exact_match", "cost_usd"])
    metrics = run["metrics"]
    assert metrics["right-sum"] == {**metrics["exact_match"], "judged": True}
    assert (metrics["right-sum"]["mean"], metrics["right-sum"]["missing"]) == (0.5, 0)
    samples = list(project.client.pages(f"/runs/{run['id']}/samples"))
    assert [sample["scores"]["right-sum"] for sample in samples] == [1.0, 0.0] * 3
    assert samples[1]["explanations"]["right-sum"] == "It is 5."
    trace = project.client.get(f"/traces/{samples[1]['trace_id']}")
    (score,) = [each for each in trace["scores"] if each["name"] == "right-sum"]
    assert (score["source"], score["value"], score["explanation"]) == ("judge", 0.0, "It is 5.")
    judging, call = [
        span for span in trace["spans"] if span["attributes"].get("windlass.evaluator") == "right-sum"
    ]
    (root,) = [span for span in trace["spans"] if span["parent_span_id"] is None]
    assert (judging["name"], judging["parent_span_id"]) == ("judge right-sum", root["span_id"])
    assert (call["operation"], call["request_model"]) == ("chat", "judge")
    assert call["parent_span_id"] == judging["span_id"]
    assert call["output_tokens"] > 0
    # What is said of the release, by its cost too, is not said of its judge.
    assert (call["release"], call["run"]) == ("", "")


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"model": "judge"}, "'judge' is not a model; write"),
        ({"model": None}, "asks a model: its parameters need `model`"),
        ({"model": "anthropic:claude"}, "needs a key: set the environment variable ANTHROPIC_API_KEY"),
        ({"scores": {"1": "right"}}, "A rubric has at least two scores"),
        ({"inputs": ["answer"]}, "cannot be shown 'answer'"),
        ({"inputs": ["reference", "metadata.tone"]}, "needs 'metadata.tone', item 'i000' has none"),
    ],
    ids=["no model", "none", "no key", "scores", "inputs", "column"],
)
def test_a_judge_that_cannot_judge_is_refused_before_the_run(
    project: Project, monkeypatch: pytest.MonkeyPatch, parameters: dict[str, object], sentence: str
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    body = {**RUBRIC, "parameters": {**RUBRIC["parameters"], **parameters}}  # type: ignore[dict-item]
    project.client.post("/artifacts/evaluator/right-sum", {"body": body})
    project.push_release()
    project.push_sums(items=2)
    with pytest.raises(WindlassError, match=sentence):
        project.evaluate("adder", evaluators=["right-sum"])
    assert project.client.get("/runs")["items"] == []


def test_runs_are_listed_newest_first_by_release_and_by_dataset(project: Project) -> None:
    careless, careful = project.evaluate_two(items=2)
    ids = [run["id"] for run in project.client.pages("/runs", limit=1)]
    assert ids == [careful["id"], careless["id"]]
    by_digest = project.client.get("/runs", release=careless["release"]["digest"])["items"]
    assert [run["id"] for run in by_digest] == [careless["id"]]
    assert project.client.get("/runs", release="nothing")["items"] == []
    assert len(project.client.get("/runs", dataset="sums")["items"]) == 2


def test_without_evaluators_all_that_fit_the_dataset_are_taken(project: Project) -> None:
    project.push_release()
    project.client.post("/datasets/questions", {"items": [{"input": "What is 1 + 1?"}]})
    started = project.client.post("/runs", {"release": "adder", "dataset": "questions"})
    # No reference and no page: what needs neither is left.
    assert started["evaluators"] == ["groundedness", "latency_s", "input_tokens", "output_tokens", "cost_usd"]
    assert project.await_run(started["id"])["state"] == "finished"


@pytest.mark.parametrize(
    ("request_", "error", "sentence"),
    [
        ({"evaluators": ["charm"]}, InputError, "There is no evaluator 'charm'; built in are"),
        (
            {"evaluators": ["recall_at_5"]},
            InputError,
            r"needs 'metadata.page', item 'i000' has none \(2 of 2 items",
        ),
        ({"dataset": "nothing"}, NotFound, "There is no dataset 'nothing'"),
        ({"release": "nothing"}, NotFound, "There is no release 'nothing'"),
        ({"release": "adder@staging"}, NotFound, "No version of release/adder runs in 'staging'"),
        ({"release": "own-code"}, InputError, "code of your own is run by `windlass.evaluate`"),
        ({"release": "keyless"}, Exception, "needs a key: set the environment variable ANTHROPIC_API_KEY"),
        ({"concurrency": 0}, InputError, "body.concurrency"),
    ],
    ids=["evaluator", "column", "dataset", "release", "environment", "code", "key", "concurrency"],
)
def test_a_run_that_cannot_be_is_one_sentence_and_is_not_recorded(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    request_: dict[str, Any],
    error: type[Exception],
    sentence: str,
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    monkeypatch.delenv("ANTHROPIC_BASE_URL", raising=False)
    project.push_release()
    project.push_sums(items=2)
    code = {"code": {"entry": "shop:answer", "digest": "sha256:" + "0" * 64}}
    project.client.post("/artifacts/release/own-code", {"body": code})
    project.client.post("/artifacts/model/far", {"body": {"model": "anthropic:claude"}})
    keyless = {"prompts": {"answer": "prompt/adder"}, "model": "model/far"}
    project.client.post("/artifacts/release/keyless", {"body": keyless})
    with pytest.raises(error, match=sentence):
        project.client.post("/runs", {"release": "adder", "dataset": "sums", **request_})
    assert project.client.get("/runs")["items"] == []
    assert "run:create" not in {entry["action"] for entry in project.client.get("/audit")["items"]}


def test_an_item_that_cannot_be_asked_fails_its_sample_and_not_the_run(project: Project) -> None:
    project.push_release()
    items = [
        {"id": "a", "input": {"text": "?"}, "reference": "4"},
        {"id": "b", "input": "1 + 3", "reference": "4"},
    ]
    project.client.post("/datasets/sums", {"items": items})
    run = project.evaluate("adder")
    assert (run["state"], run["failed_items"]) == ("finished", 1)
    assert (run["metrics"]["exact_match"]["n"], run["metrics"]["exact_match"]["missing"]) == (1, 1)
    failed, answered = project.client.get(f"/runs/{run['id']}/samples")["items"]
    assert failed["error"] == "The item 'a' has no question: its input is text, or an object with `question`."
    assert (failed["scores"], answered["error"]) == ({}, None)
    assert project.client.get(f"/traces/{failed['trace_id']}")["status"] == "error"


def test_a_run_is_cancelled_after_the_samples_in_flight(project: Project) -> None:
    live = project.live
    project.push_release()
    project.push_sums(items=300)
    live.asked.clear()
    live.answering.clear()
    try:
        body = {"release": "adder", "dataset": "sums", "evaluators": ["exact_match"], "concurrency": 2}
        started = project.client.post("/runs", body)
        assert live.asked.wait(30)
        assert project.client.get(f"/runs/{started['id']}")["state"] == "running"
        cancelled = project.client.post(f"/runs/{started['id']}/cancel", {})
        assert cancelled["state"] == "cancelled"
    finally:
        live.answering.set()
    run = project.await_run(started["id"])
    assert run["state"] == "cancelled"
    assert len(project.client.get(f"/runs/{started['id']}/samples", limit=500)["items"]) < 300
    with pytest.raises(Conflict, match="is cancelled and cannot be cancelled any more"):
        project.client.post(f"/runs/{started['id']}/cancel", {})


def test_two_runs_are_compared_worst_sample_first(project: Project) -> None:
    careless, careful = project.evaluate_two(items=6)
    found = project.client.get(f"/runs/{careless['id']}/compare", baseline=careful["id"], metric="exact_match")
    assert (found["items_paired"], found["items_missing"]) == (6, 0)
    assert (found["baseline"]["id"], found["candidate"]["id"]) == (careful["id"], careless["id"])
    (metric,) = found["metrics"]
    assert (metric["baseline_mean"], metric["candidate_mean"], metric["difference"]) == (1.0, 0.5, -0.5)
    assert [sample["difference"] for sample in found["samples"]] == [-1.0] * 3 + [0.0] * 3
    worst = found["samples"][0]
    assert (worst["item"], worst["baseline"]["output"], worst["candidate"]["output"]) == ("i001", "5", "6")


def test_samples_and_their_comparison_come_sorted_in_pages(project: Project) -> None:
    careless, careful = project.evaluate_two(items=6)
    samples, compare = f"/runs/{careless['id']}/samples", f"/runs/{careless['id']}/compare"
    worst = list(project.client.pages(samples, sort="exact_match", limit=2))
    best = list(project.client.pages(samples, sort="exact_match", descending=True, limit=4))
    assert [each["item"] for each in worst] == ["i001", "i003", "i005", "i000", "i002", "i004"]
    assert [each["item"] for each in best] == ["i000", "i002", "i004", "i001", "i003", "i005"]
    assert [each["item"] for each in project.client.get(samples, item="i003")["items"]] == ["i003"]
    with pytest.raises(InputError, match="have no metric 'charm'; they have: "):
        project.client.get(samples, sort="charm")
    first = project.client.get(compare, baseline=careful["id"], metric="exact_match", limit=4)
    assert first["tally"] == {"worse": 3, "equal": 3, "better": 0, "unknown": 0}
    assert [each["difference"] for each in first["differences"]] == [-1.0] * 3 + [0.0] * 3
    whole = list(project.client.pages(f"{compare}/samples", baseline=careful["id"], metric="exact_match", limit=4))
    assert [each["item"] for each in whole] == [each["item"] for each in worst]
    assert whole[:4] == first["samples"]
    (one,) = project.client.get(f"{compare}/samples", baseline=careful["id"], item="i005")["items"]
    assert (one["item"], one["difference"]) == ("i005", -1.0)
    with pytest.raises(InputError, match="no cursor of this list"):
        project.client.get(f"{compare}/samples", baseline=careful["id"], cursor="x")


def test_runs_that_cannot_be_compared_say_why(project: Project) -> None:
    careless, careful = project.evaluate_two(items=2)
    project.push_sums(items=3)
    other = project.evaluate("adder@2")
    compare = f"/runs/{careful['id']}/compare"
    with pytest.raises(InputError, match="are on different versions of data"):
        project.client.get(compare, baseline=other["id"])
    with pytest.raises(InputError, match="do not both have the metric 'charm'; they share exact_match"):
        project.client.get(compare, baseline=careless["id"], metric="charm")
    with pytest.raises(NotFound, match="There is no run 'run-none'"):
        project.client.get(compare, baseline="run-none")


def test_a_run_of_the_server_is_not_finished_by_hand(project: Project) -> None:
    project.push_release(instructions=CAREFUL)
    project.push_sums(items=1)
    run = project.evaluate("adder")
    with pytest.raises(Conflict, match="is executed by the server"):
        project.client.post(f"/runs/{run['id']}/finish", {})


def test_what_each_agent_did_in_a_run_is_told(project: Project) -> None:
    release = project.push_release()
    calls = [{"tool_name": "find", "agent": "scout"}]
    items = [{"id": "a", "input": "?", "metadata": {"reference_trajectory": calls}}]
    data = project.client.post("/datasets/team", {"items": items})
    body = {
        "release": f"adder@{release['digest']}",
        "dataset": f"team@{data['digest']}",
        "evaluators": {"x": True},
    }
    run = project.client.post("/runs/external", body)
    result = SampleResult("a", "ab" * 16, "cd" * 8, 10**18, 2 * 10**18, Prediction("answer"))

    def span(number: int, parent: str, name: str, **said: str) -> Span:
        named = {key.replace("__", "."): value for key, value in said.items()}
        attributes = {"gen_ai.operation.name": name, **named}
        return Span(
            trace_id=bytes.fromhex(result.trace_id),
            span_id=number.to_bytes(8, "big"),
            parent_span_id=bytes.fromhex(parent),
            name=name,
            start_time_unix_nano=10**18 + number,
            end_time_unix_nano=10**18 + number + 10**9,
            attributes=attributes_of(attributes),
        )

    below = [
        span(1, result.span_id, "invoke_agent", gen_ai__agent__name="scout"),
        span(2, f"{1:016x}", "execute_tool", gen_ai__tool__name="find"),
        # What a judge asked is no part of what it judges.
        span(3, result.span_id, "chat", windlass__evaluator="x"),
    ]
    project.send_traces(encode_samples([(Item(id="a", input="?"), result)], {"windlass.run": run["id"]}, below))
    (scout,) = project.client.get(f"/runs/{run['id']}/agents")["items"]
    assert (scout["agent"], scout["items"]) == ("scout", 1)
    told = {name: metric["mean"] for name, metric in scout["metrics"].items()}
    assert (told["latency_s"], told["tool_calls"], told["trajectory_exact_match"], told["cost_usd"]) == (
        1,
        1,
        1,
        None,
    )
    nothing = project.client.post("/runs/external", body)
    assert project.client.get(f"/runs/{nothing['id']}/agents")["items"] == []
