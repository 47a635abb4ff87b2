"""Judges calibrated, watched and shown by the command line."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests import live as live_parts
from tests.cli.conftest import Windlass
from tests.live import Project
from tests.real_data import real_data
from windlass.models.completion import Message

RIGHT_SUM = {
    "function": "rubric",
    "parameters": {
        "model": "openai:scripted",
        "criteria": "Is the sum right?",
        "scores": {"1": "it is", "0": "it is not"},
    },
}


def judge(messages: Sequence[Message]) -> str:
    shown = json.loads(messages[-1].content)
    return json.dumps({"reasoning": "so", "score": "1" if shown["output"] == "right" else "0"})


@pytest.fixture
def labelled(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setattr(live_parts, "answer", judge)
    project.client.post("/artifacts/evaluator/right-sum", {"body": RIGHT_SUM})
    rows = [
        {
            "id": f"i{number}",
            "input": f"What is {number} + 4?",
            "metadata": {"answer": "right" if number % 2 else "wrong", "ann": "good" if number % 2 else "bad"},
        }
        for number in range(24)
    ]
    project.client.post("/datasets/labelled", {"items": rows})
    return project


LABELS = ("--dataset", "labelled", "--label", "metadata.ann", "--output", "metadata.answer")
WORDS = ("--value", "good=1", "--value", "bad=0")


def test_a_judge_is_calibrated_shown_and_watched(windlass: Windlass, labelled: Project) -> None:
    assert "not calibrated\nThere is no calibration; make one with" in windlass("judges", "show", "right-sum").out
    made = windlass("judges", "calibrate", "right-sum", *LABELS, *WORDS)
    assert (made.code, made.err) == (0, "")
    sentence, head, *table, last = made.out.splitlines()
    assert sentence.startswith("Pass: kappa is 1.000")
    assert head.split()[:2] == ["measure", "judge"]
    assert {line.split()[0] for line in table} >= {"accuracy", "kappa", "ac1", "alpha", "coverage"}
    assert last.endswith("of right-sum@1 on dataset/labelled@1")
    calibration = last.split()[0]
    shown = windlass("judges", "show", "right-sum").out
    assert shown.startswith(f"right-sum: calibrated ({calibration})")
    assert windlass("judges", "show", "right-sum", "--calibration", calibration).out == made.out
    watched = windlass("judges", "watch", "right-sum", "--anchor", calibration)
    assert (watched.code, watched.out.startswith("Pass:")) == (0, True)
    assert "pass, a watch" in windlass("judges", "show", "right-sum").out


def test_the_exit_code_tells_what_came_of_it(windlass: Windlass, labelled: Project) -> None:
    few = windlass("judges", "calibrate", "right-sum", *LABELS, *WORDS, "--minimum", "kappa=0.9")
    assert (few.code, few.out.startswith("Not enough data: kappa is 1.000")) == (3, True)
    turned = windlass("judges", "calibrate", "right-sum", *LABELS, "--value", "good=0", "--value", "bad=1")
    assert (turned.code, turned.out.startswith("Fail: kappa is −1.000")) == (1, True)
    wordless = windlass("judges", "calibrate", "right-sum", *LABELS)
    assert (wordless.code, "with `--value bad=1`" in wordless.err) == (2, True)
    for wrong, sentence in (
        ((), "one of --queue, --dataset and --run"),
        (("--queue", "q", "--label", "x"), "--label does not go with --queue"),
        ((*LABELS, "--minimum", "kappa"), "--minimum is a name and a number"),
        ((*LABELS, *WORDS, "--minimum", "kapa=1"), "minimum"),
    ):
        refused = windlass("judges", "calibrate", "right-sum", *wrong)
        assert (refused.code, sentence in refused.err) == (2, True), refused.err


@pytest.mark.slow
def test_what_was_published_of_pandalm_comes_out_of_the_public_interface(
    windlass: Windlass, project: Project
) -> None:
    pandalm = calibrate(windlass, project, "pandalm-7b-testset-v1.json", "pandalm_result", "pandalm-7b")
    people = pandalm["people"]
    assert pandalm["agreement"]["measures"]["accuracy"]["value"] == pytest.approx(0.6677, abs=5e-5)
    assert sorted(round(pair["kappa"]["value"], 3) for pair in people["pairs"]) == [0.852, 0.862, 0.879]
    assert round(people["alpha"]["value"], 3) == 0.864
    assert (pandalm["coverage"]["value"], pandalm["outcome"]) == (1.0, "fail")
    # Both pick the longer answer more often than not, and it no more often than people.
    excess = pandalm["verbosity"]["excess"]
    assert excess["low"] < 0 < excess["high"]
    assert pandalm["verbosity"]["people_pick_longer"] == pytest.approx(0.6332, abs=5e-5)
    assert pandalm["verbosity"]["coefficient"]["low"] is not None
    gpt = calibrate(windlass, project, "gpt-3.5-turbo-testset-v1.json", "gpt_result", "gpt-3.5")
    assert gpt["missing_why"] == {"unparsable": 25}
    assert gpt["coverage"]["value"] == pytest.approx(974 / 999)
    assert (gpt["items"], gpt["agreement"]["measures"]["kappa"]["n"]) == (999, 974)


def calibrate(windlass: Windlass, project: Project, file: str, column: str, name: str) -> dict[str, Any]:
    """Import published verdicts and measure them against the people who labelled the same pairs."""
    columns = [f"input.{each}={each}" for each in ("instruction", "input", "response1", "response2")]
    given = [part for each in ("id=idx", *columns, f"verdict={column}") for part in ("--column", each)]
    worth = [part for each in ("1=1", "2=0", "0=0.5", "Tie=0.5") for part in ("--verdict", each)]
    folder = real_data("pandalm")
    items = ("--items", folder / "testset-v1.json", "--name", name, "--dataset", "pandalm")
    imported = windlass("import", "judgements", folder / file, *items, *given, *worth)
    assert imported.code == 0, imported.err
    run = project.client.get("/runs")["items"][0]["id"]
    labels = [part for person in (1, 2, 3) for part in ("--label", f"metadata.annotator{person}")]
    values = ("--value", "1=1", "--value", "2=0", "--value", "0=0.5")
    answers = ("--answers", "input.response1,input.response2")
    done = windlass("judges", "calibrate", "verdict", "--run", run, *labels, *values, *answers)
    assert (done.code, done.err) == (1, "")
    newest = project.client.get("/evaluators/verdict/calibrations")["items"][0]
    result: dict[str, Any] = newest["content"]["result"]
    assert result["sentence"] == done.out.splitlines()[0]
    return result
