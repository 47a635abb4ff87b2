"""How far a run is to be believed, over HTTP: judges corrected by people, and a release against itself."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.live import CAREFUL, CARELESS, Project
from windlass.errors import InputError, NotFound

QUEUE = "/review-queues/answers"
METRICS = ["exact_match", "right-sum"]


@pytest.fixture
def judged(project: Project) -> tuple[dict[str, Any], dict[str, Any]]:
    """Runs of a careless and a careful release that a model judged."""
    scale = {"model": "openai:judge", "criteria": "Is the sum right?", "scores": {"0": "wrong", "1": "right"}}
    body = {"function": "rubric", "parameters": scale}
    project.client.post("/artifacts/evaluator/right-sum", {"body": body})
    project.push_sums(items=16)
    for instructions in (CARELESS, CAREFUL):
        project.push_release(instructions=instructions)
    return project.evaluate("adder@1", evaluators=METRICS), project.evaluate("adder@2", evaluators=METRICS)


def label(project: Project, run: str, right: Sequence[bool], *, sample: int) -> None:
    """Have a person label samples of a run, in their order."""
    project.client.post(f"{QUEUE}/items", {"run": {"run": run, "sample": sample, "seed": 1}})
    for answer in right:
        item = project.client.post(f"{QUEUE}/next", {})["item"]
        project.client.put(f"{QUEUE}/items/{item['id']}/label", {"answers": {"right": answer}})


def human(project: Project, run: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = project.client.get(f"/runs/{run}/human", **query)["items"]
    return found


def test_a_judged_metric_is_the_judge_s_alone_until_people_label(
    project: Project, judged: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    careless, careful = judged
    assert careless["metrics"]["right-sum"]["judged"] is True
    assert "judged" not in careless["metrics"]["exact_match"]
    (alone,) = human(project, careless["id"])
    assert (alone["metric"], alone["judge_mean"], alone["judge_only"], alone["corrected"]) == (
        "right-sum",
        0.5,
        True,
        [],
    )
    project.client.put(QUEUE, {"questions": [{"name": "right", "type": "boolean"}], "labels_per_item": 1})
    label(project, careless["id"], [True, False] * 4, sample=8)
    (still,) = human(project, careless["id"])
    # No question is called as the metric is: which one counts has to be said.
    assert still["judge_only"] is True
    (told,) = human(project, careless["id"], metric="right-sum", queue="answers", question="right")
    (corrected,) = told["corrected"]
    assert (corrected["labelled"], corrected["unlabelled"], corrected["human_mean"]) == (8, 8, 0.5)
    assert 0 <= corrected["weight"] <= 1
    assert corrected["low"] < corrected["mean"] < corrected["high"]
    assert corrected["labels"] == {"queue": "answers", "question": "right"}

    rule = {
        "primary": {
            "metric": "right-sum",
            "kind": "superiority",
            "human": {"queue": "answers", "question": "right"},
        }
    }
    gate = {"candidate": careful["id"], "baseline": careless["id"], "rule": rule}
    verdict = project.client.post("/gates", gate)
    # People labelled one side alone: nothing is decided on the judge's word where theirs was asked for.
    assert verdict["outcome"] == "not_enough_data"
    assert verdict["checks"][0]["human"]["labelled"] == 0
    label(project, careful["id"], [True] * 8, sample=8)
    verdict = project.client.post("/gates", gate)
    (check,) = verdict["checks"]
    assert (check["method"], check["human"]["labelled"], check["human"]["unlabelled"]) == (
        "prediction-powered",
        8,
        8,
    )
    assert "8 of them labelled by people" in verdict["sentence"]
    assert project.client.get(f"/verdicts/{verdict['id']}") == verdict

    del rule["primary"]["human"]
    alone = project.client.post("/gates", gate)
    assert alone["outcome"] == "pass"
    assert alone["checks"][0]["judge_only"] is True
    assert "judge-only" in alone["sentence"]


def test_labels_that_cannot_be_found_are_one_sentence(
    project: Project, judged: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    run = judged[0]["id"]
    with pytest.raises(InputError, match="Say which metric the labels are about"):
        human(project, run, queue="answers")
    with pytest.raises(InputError, match="has no metric 'charm'; it has exact_match, right-sum"):
        human(project, run, metric="charm")
    with pytest.raises(NotFound, match="There is no review queue 'answers'"):
        human(project, run, metric="right-sum", queue="answers")
    with pytest.raises(InputError, match="does not say what an answer is worth"):
        human(project, run, metric="right-sum", field="label", value=["yes"])
    # Of a field that no item has, nobody has said anything.
    (found,) = human(project, run, metric="right-sum", field="label", value=["yes=1"])
    assert found["judge_only"] is True


def test_two_runs_of_one_release_have_a_noise_floor(project: Project) -> None:
    project.push_sums(items=8)
    project.push_release(instructions=CARELESS)
    first, second = project.evaluate("adder@1"), project.evaluate("adder@1")
    found = project.client.get(f"/runs/{second['id']}/noise", other=first["id"])
    assert [run["id"] for run in found["runs"]] == [first["id"], second["id"]]
    (metric,) = found["metrics"]
    # The scripted model always says the same; that none of eight items flipped is no certainty.
    assert (metric["name"], metric["n"], metric["flips"], metric["difference"]) == ("exact_match", 8, 0.0, 0.0)
    assert metric["floor"] > 0.1
    with pytest.raises(InputError, match="asks each item once"):
        project.client.get(f"/runs/{first['id']}/noise")
    repeated = project.evaluate("adder@1", repeats=2)
    assert project.client.get(f"/runs/{repeated['id']}/noise")["metrics"][0]["n"] == 8
    project.push_release(instructions=CAREFUL)
    other = project.evaluate("adder@2")
    with pytest.raises(InputError, match="are of different releases"):
        project.client.get(f"/runs/{first['id']}/noise", other=other["id"])
