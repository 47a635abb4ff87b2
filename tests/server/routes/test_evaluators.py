"""Evaluators as their page asks for them, over real HTTP with a scripted judge."""

import json
import time
from collections.abc import Sequence
from typing import Any

import psutil
import pytest

from tests import live as live_parts
from tests.live import Project
from windlass.client import Client
from windlass.errors import Denied, InputError, NotFound
from windlass.models.completion import Message

RIGHT_SUM = {
    "function": "rubric",
    "description": "Whether the sum is right.",
    "parameters": {
        "model": "openai:scripted",
        "criteria": "Is the sum right?",
        "scores": {"1": "it is", "0": "it is not"},
    },
}


@pytest.fixture
def judge(project: Project) -> Project:
    project.client.post("/artifacts/evaluator/right-sum", {"body": RIGHT_SUM, "message": "first"})
    return project


def test_the_list_has_ones_own_and_then_the_built_in(judge: Project) -> None:
    judge.client.post("/artifacts/evaluator/broken", {"body": {"function": "nothing"}})
    listed = judge.client.get("/evaluators")["items"]
    broken, own, *built_in = listed
    assert (own["name"], own["kind"], own["model"], own["versions"]) == (
        "right-sum",
        "judge",
        "openai:scripted",
        1,
    )
    assert "uses the function 'nothing'" in broken["problem"]
    assert all(each["built_in"] and each["latest"] is None for each in built_in)
    assert {"exact_match", "token_f1"} <= {each["name"] for each in built_in}


def test_a_judge_shows_what_it_is_told_and_its_scale_in_every_version(judge: Project) -> None:
    other = {**RIGHT_SUM, "parameters": {**RIGHT_SUM["parameters"], "criteria": "Look again."}}  # type: ignore[dict-item]
    judge.client.post("/artifacts/evaluator/right-sum", {"body": other})
    first, second = (judge.client.get("/evaluators/right-sum", ref=ref) for ref in ("1", "2"))
    assert "Is the sum right?" in first["told"]
    assert "Look again." in second["told"]
    assert first["prompt"] != second["prompt"]
    assert first["scale"] == [{"value": 0.0, "meaning": "it is not"}, {"value": 1.0, "meaning": "it is"}]
    assert (first["version"]["message"], second["version"]["number"], first["versions"]) == ("first", 2, 2)
    code = judge.client.get("/evaluators/exact_match")
    assert (code["kind"], code["needs"], code["version"], code["told"]) == ("code", ["reference"], None, "")
    with pytest.raises(NotFound, match="no evaluator 'magic'"):
        judge.client.get("/evaluators/magic")


def tried(project: Project, name: str, **sample: Any) -> dict[str, Any]:
    answer: dict[str, Any] = project.client.post(f"/evaluators/{name}/try", {"sample": sample})
    return answer


def test_a_judge_tried_says_its_score_its_reason_and_what_it_took(judge: Project) -> None:
    asked = {"question": "What is 3 + 4?"}
    right, wrong = (tried(judge, "right-sum", input=asked, output=output) for output in ("7", "8"))
    assert (right["value"], wrong["value"]) == (1.0, 0.0)
    assert (right["explanation"], right["source"], right["missing_why"]) == ("It is 7.", "judge", None)
    assert (right["calls"], right["latency_s"] > 0, right["input_tokens"] > 0) == (1, True, True)


def test_a_judge_that_gives_no_verdict_says_why_and_what_was_paid(judge: Project) -> None:
    scores = {"1": "it is", "2": "it is not"}
    body = {**RIGHT_SUM, "parameters": {**RIGHT_SUM["parameters"], "scores": scores}}  # type: ignore[dict-item]
    judge.client.post("/artifacts/evaluator/other-scale", {"body": body})
    answer = tried(judge, "other-scale", input={"question": "What is 3 + 4?"}, output="8")
    assert (answer["value"], answer["missing_why"], answer["calls"]) == (None, "unparsable", 3)


def test_code_is_tried_without_a_model_and_what_it_needs_is_asked_for(project: Project) -> None:
    answer = tried(project, "exact_match", input="?", output="Paris", reference="paris")
    assert (answer["value"], answer["source"], answer["calls"], answer["cost_usd"]) == (1.0, "code", 0, None)
    with pytest.raises(InputError, match="no 'reference', which exact_match needs"):
        tried(project, "exact_match", output="Paris")


def test_a_sample_of_a_run_is_judged_again(judge: Project) -> None:
    judge.push_sums(items=2)
    judge.push_release()
    run = judge.evaluate("adder")
    answer = judge.client.post("/evaluators/right-sum/try", {"run": run["id"], "item": "i001"})
    assert (answer["value"], answer["sample"]["output"]) == (1.0, "5")
    with pytest.raises(NotFound, match="no sample 'i009'"):
        judge.client.post("/evaluators/right-sum/try", {"run": run["id"], "item": "i009"})
    with pytest.raises(InputError, match="either a `sample`, or a `run`"):
        judge.client.post("/evaluators/right-sum/try", {"run": run["id"]})


def test_the_runs_that_used_an_evaluator_are_found_by_its_whole_name(judge: Project) -> None:
    judge.push_sums(items=2)
    judge.push_release()
    exact = judge.evaluate("adder", evaluators=["exact_match"])
    judged = judge.evaluate("adder", evaluators=["right-sum", "token_f1"])

    def runs(evaluator: str) -> list[str]:
        return [run["id"] for run in judge.client.get("/runs", evaluator=evaluator)["items"]]

    assert (runs("exact_match"), runs("right-sum"), runs("exact"), runs("t_ken_f1")) == (
        [exact["id"]],
        [judged["id"]],
        [],
        [],
    )


def test_who_may_not_start_runs_may_not_spend_by_trying(judge: Project) -> None:
    with Client(judge.live.url, judge.key_of("viewer")) as viewer:
        assert viewer.get("/evaluators/right-sum")["kind"] == "judge"
        with pytest.raises(Denied):
            viewer.post("/evaluators/right-sum/try", {"sample": {"output": "x"}})


def saying_yes(messages: Sequence[Message]) -> str:
    """Add up; write another question each time; and answer yes to whatever is asked of an answer."""
    told = messages[0].content
    if told.startswith("You write the questions"):
        return json.dumps({"questions": [f"Is it right, {len(messages[1].content)} {time.monotonic_ns()}?"]})
    if told.startswith("You judge"):
        return json.dumps({"question_1": {"reasoning": "so", "answer": "yes"}})
    return live_parts.add_up(messages)


def test_two_runs_that_are_compared_ask_each_item_the_same_questions(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_parts, "answer", saying_yes)
    body = {"function": "generated_checklist", "parameters": {"model": "openai:scripted", "about": "The sum."}}
    project.client.post("/artifacts/evaluator/own", {"body": body})
    project.push_sums(items=3)
    explained = []
    for instructions in (live_parts.CARELESS, live_parts.CAREFUL):
        release = project.push_release(instructions=instructions)
        run = project.evaluate(f"adder@{release['number']}", evaluators=["own"])
        samples = project.client.get(f"/runs/{run['id']}/samples")["items"]
        explained.append([sample["explanations"]["own"] for sample in samples])
        assert run["metrics"]["own"]["mean"] == 1
    assert explained[0] == explained[1]
    assert len(set(explained[0])) == 3
    listed = {each["name"]: each for each in project.client.get("/evaluators")["items"]}
    assert (listed["own"]["kind"], listed["own"]["problem"]) == ("judge", "")


def test_a_jury_judges_a_run_and_says_its_models(judge: Project) -> None:
    members = [
        {"name": "one", "function": "rubric", "parameters": RIGHT_SUM["parameters"]},
        {"name": "two", "function": "rubric", "parameters": {**RIGHT_SUM["parameters"], "model": "openai:other"}},  # type: ignore[dict-item]
    ]
    judge.client.post(
        "/artifacts/evaluator/panel", {"body": {"function": "jury", "parameters": {"members": members}}}
    )
    described = judge.client.get("/evaluators/panel")
    assert (described["kind"], described["model"]) == ("judge", "openai:scripted, openai:other")
    found = tried(judge, "panel", input={"question": "What is 3 + 4?"}, output="7")
    assert (found["value"], found["label"], found["calls"]) == (1.0, "2 of 2", 2)
    assert found["explanation"] == "1 of 1 pairs of members agree.\none: 1 — It is 7.\ntwo: 1 — It is 7."


def test_only_a_generated_checklist_writes_questions(judge: Project) -> None:
    judge.push_sums(items=1)
    asked = {"dataset": "sums", "items": ["i000"]}
    with pytest.raises(InputError, match="evaluator/right-sum writes no questions"):
        judge.client.post("/evaluators/right-sum/questions", asked)
    with pytest.raises(NotFound, match="sums has no item 'none'"):
        judge.client.post("/evaluators/right-sum/questions", {**asked, "items": ["none"]})


CODE = '''
import windlass


@windlass.evaluator(needs=["reference"])
def close_enough(sample):
    """Whether the sum is at most one away."""
    away = abs(int(sample.output) - int(sample.reference))
    return windlass.Judgement(float(away <= 1), "", f"{away} away")
'''


def test_code_of_ones_own_is_shown_tried_and_run(project: Project) -> None:
    project.client.post(
        "/artifacts/evaluator/close_enough", {"body": {"function": "close_enough", "source": CODE}}
    )
    shown = project.client.get("/evaluators/close_enough")
    assert (shown["kind"], shown["source"], shown["needs"], shown["description"], shown["problem"]) == (
        "code",
        CODE,
        ["reference"],
        "Whether the sum is at most one away.",
        "",
    )
    answer = tried(project, "close_enough", output="8", reference="7")
    assert (answer["value"], answer["explanation"], answer["source"]) == (1.0, "1 away", "code")
    failed = tried(project, "close_enough", output="seven", reference="7")
    assert (failed["value"], failed["missing_why"]) == (None, "error")
    assert "ValueError: invalid literal" in failed["explanation"]
    assert "(line 8)" in failed["explanation"]
    project.push_sums(items=4)
    project.push_release(instructions="Add quickly.")
    run = project.evaluate("adder", evaluators=["close_enough", "exact_match"])
    assert (run["state"], run["metrics"]["close_enough"]["mean"], run["metrics"]["exact_match"]["mean"]) == (
        "finished",
        1.0,
        0.5,
    )
    left = [child for child in psutil.Process().children() if any("sandbox" in each for each in child.cmdline())]
    assert left == []


def test_code_that_does_not_load_starts_no_run(project: Project) -> None:
    source = CODE.replace("import windlass", "import windlass\n\nLIMIT = UNKNOWN", 1)
    project.client.post(
        "/artifacts/evaluator/close_enough", {"body": {"function": "close_enough", "source": source}}
    )
    project.push_sums(items=2)
    project.push_release()
    with pytest.raises(InputError, match="does not load: NameError: name 'UNKNOWN' is not defined"):
        project.evaluate("adder", evaluators=["close_enough"])
    assert project.client.get("/runs")["items"] == []


def test_what_a_body_says_of_its_source_is_checked(project: Project) -> None:
    for body, problem in (
        ({"function": "other", "source": CODE}, "declares 'close_enough', and `function` is 'other'"),
        ({"function": "close_enough", "source": CODE, "parameters": {"k": 1}}, "takes no parameters"),
        ({"function": "f", "source": "import os"}, "cannot import 'os'"),
    ):
        with pytest.raises(InputError, match=problem):
            project.client.post("/artifacts/evaluator/close_enough", {"body": body})
