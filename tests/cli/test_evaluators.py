"""Evaluators looked at and tried by the command line."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Windlass
from tests.live import Project

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
    project.client.post("/artifacts/evaluator/right-sum", {"body": RIGHT_SUM})
    return project


def test_an_evaluator_is_listed_and_shown_with_what_its_judge_is_told(windlass: Windlass, judge: Project) -> None:
    own, *built_in = windlass("evaluators", "list").out.splitlines()[1:]
    assert own.split()[:3] == ["right-sum", "1", "judge"]
    assert any(line.startswith("exact_match") for line in built_in)
    shown = windlass("evaluators", "show", "right-sum@1").out
    assert shown.startswith("right-sum@1: judge, rubric. Whether the sum is right.\n0: it is not\n1: it is\n")
    assert "You judge what somebody else answered." in shown
    assert windlass("evaluators", "show", "exact_match").out.startswith("exact_match, built in: code")


def test_a_judge_is_tried_on_a_file_and_on_a_sample_of_a_run(
    windlass: Windlass, judge: Project, tmp_path: Path
) -> None:
    file = tmp_path / "sample.json"
    file.write_text(json.dumps({"input": {"question": "What is 3 + 4?"}, "output": "8"}), encoding="utf-8")
    score, reason, took = windlass("evaluators", "try", "right-sum", "--sample", file).out.splitlines()
    assert (score, reason) == ("0.000", "It is 7.")
    assert "scripted, " in took
    assert took.endswith("tokens, no price")
    judge.push_sums(items=1)
    judge.push_release()
    run = judge.evaluate("adder")
    tried = windlass("evaluators", "try", "right-sum", "--run", run["id"], "--item", "i000")
    assert tried.out.startswith("1.000\nIt is 4.\n")
    file.write_text("[]", encoding="utf-8")
    wrong = windlass("evaluators", "try", "right-sum", "--sample", file)
    assert (wrong.code, "a sample is a JSON object" in wrong.err) == (2, True)
    neither = windlass("evaluators", "try", "right-sum")
    assert "either a `sample`, or a `run`" in neither.err


def test_a_config_of_adk_becomes_files_a_run_and_a_config_again(
    windlass: Windlass, project: Project, tmp_path: Path
) -> None:
    config = {"criteria": {"response_match_score": 0.4, "tool_trajectory_avg_score": 1.0, "custom": 1}}
    (tmp_path / "test_config.json").write_text(json.dumps(config), encoding="utf-8")
    brought = windlass("evaluators", "import", tmp_path / "test_config.json", "--output", tmp_path / "mine")
    assert "left out: custom, windlass has nothing of this meaning" in brought.out
    assert "--evaluator response_match_score --evaluator tool_trajectory_avg_score" in brought.out
    assert "--require 'response_match_score>=0.4'" in brought.out
    again = windlass("evaluators", "import", tmp_path / "test_config.json", "--output", tmp_path / "mine")
    assert (again.code, "is there already" in again.err) == (2, True)
    assert windlass("push", tmp_path / "mine").code == 0
    named = ("response_match_score", "tool_trajectory_avg_score")
    out = tmp_path / "out.json"
    require = ("--require", "response_match_score>=0.4", "--require", "tool_trajectory_avg_score>=1")
    assert windlass("evaluators", "export", *named, "--format", "adk", "-o", out, *require).code == 0
    assert json.loads(out.read_text(encoding="utf-8")) == {"criteria": dict(list(config["criteria"].items())[:2])}


def test_a_judge_becomes_a_metric_of_vertex(windlass: Windlass, judge: Project, tmp_path: Path) -> None:
    out = tmp_path / "metric.yaml"
    assert windlass("evaluators", "export", "right-sum", "--format", "vertex", "-o", out).code == 0
    assert "required_inputs:\n  - prompt\n  - response" in out.read_text(encoding="utf-8")
    back = windlass("evaluators", "import", out, "--model", "openai:scripted", "-o", tmp_path / "mine")
    assert "right-sum.yaml: rubric" in back.out
    pushed = windlass("push", tmp_path / "mine" / "right-sum.yaml")
    assert pushed.code == 0
    wrong = windlass("evaluators", "export", "right-sum", "--format", "csv", "-o", out)
    assert "There is no format 'csv' of evaluators; there are adk, vertex." in wrong.err


def test_a_run_that_must_show_something_ends_as_a_gate_does(windlass: Windlass, project: Project) -> None:
    project.push_sums(items=16)
    project.push_release(instructions="Add quickly.")
    ask = ("eval", "adder", "--dataset", "sums", "--evaluator", "exact_match", "--require")
    shown = windlass(*ask, "exact_match>=0.2")
    assert (shown.code, "Pass: exact_match is 0.5" in shown.out) == (0, True)
    failed = windlass(*ask, "exact_match>=0.9")
    assert (failed.code, "Fail: exact_match is 0.5" in failed.out) == (1, True)
    open_ = windlass(*ask, "exact_match>=0.5", "--require", "exact_match<=1")
    assert (open_.code, "Not enough data: exact_match is 0.5" in open_.out) == (3, True)
    for wrong in ("exact_match", "exact_match>=high", "exact_match>=nan"):
        assert "is not METRIC>=NUMBER" in windlass(*ask, wrong).err
    assert "The run has no metric 'token_f1'" in windlass(*ask, "token_f1>=0.1").err
