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
