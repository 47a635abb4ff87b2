"""Runs that repeat their items, score recorded outputs, or were made elsewhere."""

import pytest

from tests.live import CAREFUL, CARELESS, Project
from windlass.errors import InputError

ITEMS = [
    {"id": "a", "input": "1 + 1", "reference": "2", "metadata": {"gpt": "2", "own": {"output": "3"}}},
    {"id": "b", "input": "1 + 2", "reference": "3", "metadata": {"gpt": "3", "own": {"error": "no answer"}}},
]


def test_a_run_repeats_its_items_and_tells_pass_k(project: Project) -> None:
    project.push_sums(items=4)
    project.push_release(instructions=CARELESS)
    run = project.evaluate("adder", repeats=3)
    assert (run["state"], run["items"], run["repeats"], run["finished_items"]) == ("finished", 4, 3, 12)
    metric = run["metrics"]["exact_match"]
    assert (metric["mean"], metric["n"]) == (0.5, 4)
    assert (metric["repeats"]["samples"], metric["repeats"]["missing"]) == (12, 0)
    assert [(each["k"], each["pass_hat"]["mean"]) for each in metric["repeats"]["passes"]] == [
        (1, 0.5),
        (2, 0.5),
        (3, 0.5),
    ]
    passes = f"/runs/{run['id']}/passes"
    assert project.client.get(passes, metric="exact_match", k=2) == metric["repeats"]["passes"][1]
    with pytest.raises(InputError, match=r"pass\^4 and pass@4 need 4 repeats of an item, and there are 3\."):
        project.client.get(passes, metric="exact_match", k=4)
    with pytest.raises(InputError, match="has no metric 'charm'; it has exact_match"):
        project.client.get(passes, metric="charm", k=1)
    samples = list(project.client.pages(f"/runs/{run['id']}/samples", limit=5))
    assert [(each["item"], each["repeat"]) for each in samples[:4]] == [
        ("i000", 1),
        ("i000", 2),
        ("i000", 3),
        ("i001", 1),
    ]
    assert len({each["trace_id"] for each in samples}) == 12
    project.push_release(instructions=CAREFUL)
    once = project.evaluate("adder")
    assert (once["repeats"], "repeats" in once["metrics"]["exact_match"]) == (1, False)
    compared = project.client.get(f"/runs/{once['id']}/compare", baseline=run["id"])
    assert (compared["items_paired"], compared["metrics"][0]["n"]) == (4, 4)
    assert [each["repeats"] for each in project.client.get("/runs")["items"]] == [1, 3]


def test_recorded_outputs_are_scored_and_no_model_is_asked(project: Project) -> None:
    project.client.post("/datasets/sums", {"items": ITEMS})
    project.push_release()
    project.live.asked.clear()
    run = project.evaluate("adder", outputs="gpt", evaluators=["exact_match", "latency_s"])
    assert (run["state"], run["metrics"]["exact_match"]["mean"]) == ("finished", 1.0)
    assert (run["metrics"]["latency_s"]["mean"], run["metrics"]["latency_s"]["missing"]) == (None, 2)
    assert run["settings"]["outputs"] == "gpt"
    other = project.evaluate("adder", outputs="own")
    assert (other["failed_items"], other["metrics"]["exact_match"]["mean"]) == (1, 0.0)
    assert not project.live.asked.is_set()
    with pytest.raises(InputError, match=r"has no output in 'charm' \(2 of 2 items lack it\)"):
        project.evaluate("adder", outputs="charm")
    with pytest.raises(InputError, match="leave repeats out"):
        project.evaluate("adder", outputs="gpt", repeats=2)


def test_a_run_of_one_source_is_recorded_once(project: Project) -> None:
    project.push_sums(items=2)
    release = project.push_release()
    body = {
        "release": f"adder@{release['digest']}",
        "dataset": "sums",
        "evaluators": {"reward": True},
        "source": {"tool": "tau-bench", "digest": "sha256:1"},
        "repeats": 4,
    }
    first = project.client.post("/runs/external", body)
    assert (first["state"], first["repeats"]) == ("running", 4)
    project.client.post(f"/runs/{first['id']}/finish", {})
    again = project.client.post("/runs/external", body)
    assert (again["id"], again["state"]) == (first["id"], "finished")
    other = project.client.post("/runs/external", {**body, "source": {"tool": "tau-bench", "digest": "sha256:2"}})
    assert other["id"] != first["id"]
    assert len(project.client.get("/runs")["items"]) == 2
    with pytest.raises(InputError, match=r"body\.source\.tool"):
        project.client.post("/runs/external", {**body, "source": {"tool": "A tool", "digest": "sha256:2"}})
