"""Runs by hand: with a ceiling, listed, cancelled, gone on with."""

import pytest

from tests.cli.conftest import Windlass, rows
from tests.live import CARELESS, Project
from windlass.delivery.runs import describe_calls


def test_a_run_that_comes_to_its_ceiling_says_so_and_is_gone_on_with(windlass: Windlass, project: Project) -> None:
    project.push_release()
    project.push_sums(items=6)
    done = windlass("eval", "adder", "--dataset", "sums", "--evaluator", "exact_match", "--max-tokens", 1070)
    (run,) = project.client.get("/runs")["items"]
    assert done.code == 2
    assert f"Error: The run {run['id']} is stopped: It stopped at its budget of 1070 tokens" in done.err
    assert "Resume it with a higher ceiling." in done.err
    assert rows(windlass("runs", "list"))[0][:6] == [run["id"], "adder", "1", "sums", "1", "stopped"]

    done = windlass("runs", "resume", run["id"], "--max-tokens", 100_000)
    assert done.code == 0
    assert done.out.splitlines()[:2] == [
        f"run {run['id']}: finished, 6 of 6 samples, 0 failed",
        "6 model calls; 48 tokens, no price",
    ]
    assert windlass("runs", "list", "--release", "nobody").out.splitlines()[1:] == []


def test_a_run_is_cancelled_by_name(windlass: Windlass, project: Project) -> None:
    project.push_release()
    project.push_sums(items=3)
    body = {"release": "adder", "dataset": "sums", "evaluators": {"charm": True}}
    started = project.client.post("/runs/external", body)
    done = windlass("runs", "cancel", started["id"])
    assert done.out.startswith(f"{started['id']} is cancelled, with 0 of 3 samples; `windlass runs resume")
    assert windlass("runs", "cancel", started["id"]).code == 2
    repeated = project.client.post("/runs/external", {**body, "repeats": 4})
    assert rows(windlass("runs", "list"))[0][6:9] == ["0", "of", "12"]
    assert "0 of 12 samples" in windlass("runs", "cancel", repeated["id"]).out


def test_a_second_evaluation_with_a_cache_calls_nobody(windlass: Windlass, project: Project) -> None:
    project.push_release()
    project.push_sums(items=2)
    eval_it = ("eval", "adder", "--dataset", "sums", "--evaluator", "exact_match", "--cache")
    assert "2 model calls; 16 tokens, no price" in windlass(*eval_it).out
    assert "0 model calls, 2 from the cache; 0 tokens, $0.0000" in windlass(*eval_it).out
    assert windlass("cache", "show").out.startswith("2 answers, 0.0 of 256 MiB; each is kept for 30 days.")
    assert windlass("cache", "clear").out == "2 answers cleared.\n"


@pytest.mark.parametrize(
    ("unpriced", "spent", "said"),
    [(0, 0.5, "$0.5000"), (3, 0.0, "no price"), (3, 0.5, "$0.5000 and 3 calls without a price")],
)
def test_what_has_no_price_is_said(unpriced: int, spent: float, said: str) -> None:
    calls = {
        "answered": 9,
        "cached": 0,
        "refused": 4,
        "unpriced": unpriced,
        "spent_tokens": 70,
        "spent_usd": spent,
    }
    assert describe_calls(calls) == f"9 model calls, 4 refused; 70 tokens, {said}"


def test_a_run_is_shown_with_how_its_scores_lie_and_on_which_slices(windlass: Windlass, project: Project) -> None:
    project.push_release(instructions=CARELESS)
    asked = [
        {"input": {"question": f"What is {n} + 4?"}, "reference": str(n + 4), "metadata": {"odd": n % 2 > 0}}
        for n in range(6)
    ]
    project.client.post("/datasets/sums", {"items": asked})
    run = project.evaluate("adder", evaluators=["exact_match", "latency_s"])
    done = windlass("runs", "show", run["id"])
    assert done.out.splitlines()[:2] == [
        "adder@1 on sums@1, by key:a-admin",
        f"run {run['id']}: finished, 6 of 6 samples, 0 failed",
    ]
    assert ["exact_match", "0.000", "██", "1.000", "0.000", "0.500", "1.000"] in rows(done)
    _, *shown = rows(windlass("runs", "slices", run["id"]))
    assert [row[:3] for row in shown] == [["odd", "true", "0.000"], ["odd", "false", "1.000"]]
    refused = windlass("runs", "slices", run["id"], "--metric", "charm")
    assert (refused.code, refused.err) == (
        2,
        f"Error: {run['id']} has no metric 'charm'; it has exact_match, latency_s.\n",
    )
    project.push_sums("plain", items=2)
    plain = project.evaluate("adder", "plain")
    assert windlass("runs", "slices", plain["id"]).out.startswith("No metadata field puts the items into groups")


def test_the_agents_of_a_run_are_shown_with_what_they_spent(windlass: Windlass, project: Project) -> None:
    project.push_release()
    project.push_sums(items=2)
    run = project.evaluate("adder")
    shown = rows(windlass("runs", "agents", run["id"]))
    assert {row[0] for row in shown} == {"adder"}
    assert next(row for row in shown if row[1] == "model_calls")[2] == "1.000"
