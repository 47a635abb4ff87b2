"""Runs with a ceiling, cancelled runs, and going on with both."""

import time
from typing import Any

import pytest

from tests.live import CARELESS, Project
from tests.server.routes.test_runs import RUBRIC
from windlass.errors import Conflict, InputError
from windlass.evaluation.runs import UNFINISHED

A_CALL = 8
"""Tokens of one call as the scripted server counts them, which are words: of the prompt, and the sum."""


def resume(project: Project, run_id: str, **options: object) -> dict[str, Any]:
    """Go on with a run to its end."""
    resumed = project.client.post(f"/runs/{run_id}/resume", options)
    assert resumed["state"] in UNFINISHED
    return ended(project, run_id)


def ended(project: Project, run_id: str) -> dict[str, Any]:
    for _ in range(600):
        run: dict[str, Any] = project.client.get(f"/runs/{run_id}")
        if run["state"] not in UNFINISHED:
            return run
        time.sleep(0.05)
    raise AssertionError(f"{run_id} did not end")


def settled(project: Project, run_id: str) -> None:
    """Wait until the job of a run that was ended has noticed."""
    project.live.services.jobs.wait(run_id)


def price(project: Project, dollars_a_token: float) -> None:
    each = {"model": "*", "input": dollars_a_token * 1e6, "output": dollars_a_token * 1e6}
    project.client.put("/prices", {"items": [each]})


def push(project: Project, items: int, instructions: str = "Add carefully.") -> None:
    project.push_release(instructions=instructions)
    project.client.post(
        "/artifacts/model/brief", {"body": {"model": "openai:scripted", "parameters": {"max_tokens": 4}}}
    )
    body = {"prompts": {"answer": "prompt/adder"}, "model": "model/brief"}
    project.client.post("/artifacts/release/brief", {"body": body})
    project.push_sums(items=items)


def test_a_run_stops_at_its_budget_and_goes_on_with_a_higher_one(project: Project) -> None:
    push(project, items=40)
    price(project, 0.01)
    run = project.evaluate("brief", max_cost_usd=1.0, concurrency=4)
    assert run["state"] == "stopped"
    assert run["error"].startswith("It stopped at its budget of $1.00: $0.")
    done, spent = run["finished_items"], run["calls"]["spent_usd"]
    assert 0 < done < 40
    assert spent == pytest.approx(done * A_CALL * 0.01)
    assert 0.7 < spent <= 1.0
    metric = run["metrics"]["exact_match"]
    assert (metric["n"], metric["mean"], metric["missing_why"]) == (done, 1.0, {"absent": 40 - done})
    with pytest.raises(InputError, match="stopped at its budget; resume it with a higher"):
        project.client.post(f"/runs/{run['id']}/resume", {})
    asked = len(project.live.provider.calls)
    whole = resume(project, run["id"], max_cost_usd=100)
    assert (whole["state"], whole["error"], whole["finished_items"]) == ("finished", None, 40)
    assert len(project.live.provider.calls) - asked == 40 - done
    assert whole["calls"]["answered"] == 40
    assert whole["calls"]["spent_usd"] == pytest.approx(40 * A_CALL * 0.01)
    assert whole["settings"]["options"] == {"max_cost_usd": 100}


def test_judges_draw_on_the_same_budget_and_judge_later_what_they_could_not(project: Project) -> None:
    project.client.post("/artifacts/evaluator/right-sum", {"body": RUBRIC})
    push(project, items=12)
    run = project.evaluate("brief", evaluators=["right-sum"], max_tokens=3000, concurrency=3)
    assert run["state"] == "stopped"
    assert run["error"].startswith("It stopped at its budget of 3000 tokens: ")
    assert run["calls"]["spent_tokens"] <= 3000
    asked = len(project.live.provider.calls)
    whole = resume(project, run["id"], max_tokens=None)
    assert (whole["state"], whole["metrics"]["right-sum"]["n"]) == ("finished", 12)
    assert whole["calls"]["answered"] == 24
    # No answer was asked for twice.
    assert len(project.live.provider.calls) - asked == 24 - run["calls"]["answered"]


def test_a_ceiling_of_money_needs_the_price_of_every_model(project: Project) -> None:
    project.client.post("/artifacts/evaluator/right-sum", {"body": RUBRIC})
    push(project, items=2)
    asked = len(project.live.provider.calls)
    with pytest.raises(InputError, match=r"no price of openai_compatible:judge, openai_compatible:scripted, so"):
        project.client.post(
            "/runs", {"release": "brief", "dataset": "sums", "evaluators": ["right-sum"], "max_cost_usd": 1}
        )
    assert project.client.get("/runs")["items"] == []
    assert len(project.live.provider.calls) == asked


def start_and_cancel(project: Project, **options: object) -> dict[str, Any]:
    """Start a run, wait until its first calls are made, cancel it, and let them be answered."""
    provider, live = project.live.provider, project.live
    asked = len(provider.calls)
    live.answering.clear()
    try:
        body = {"release": "brief", "dataset": "sums", "evaluators": ["exact_match"], "concurrency": 2, **options}
        started = project.client.post("/runs", body)
        while len(provider.calls) < asked + 2:
            time.sleep(0.01)
        cancelled: dict[str, Any] = project.client.post(f"/runs/{started['id']}/cancel", {})
        # Whoever executes it looks once a second.
        time.sleep(1.5)
    finally:
        live.answering.set()
    return cancelled


def test_a_cancelled_run_keeps_what_is_finished_and_can_go_on(project: Project) -> None:
    push(project, items=150)
    asked = len(project.live.provider.calls)
    run = start_and_cancel(project)
    assert run["state"] == "cancelled"
    settled(project, run["id"])
    kept = list(project.client.pages(f"/runs/{run['id']}/samples"))
    assert 2 <= len(kept) < 150
    noted = project.client.get(f"/runs/{run['id']}")
    assert (noted["state"], noted["finished_items"]) == ("cancelled", len(kept))
    assert noted["metrics"]["exact_match"]["missing_why"] == {"absent": 150 - len(kept)}
    whole = resume(project, run["id"])
    assert (whole["state"], whole["finished_items"]) == ("finished", 150)
    assert whole["metrics"]["exact_match"]["mean"] == 1.0
    assert len(project.live.provider.calls) - asked == whole["calls"]["answered"] == 150
    again = list(project.client.pages(f"/runs/{run['id']}/samples"))
    assert {sample["trace_id"] for sample in kept} <= {sample["trace_id"] for sample in again}
    with pytest.raises(Conflict, match="is finished, and none of its samples failed"):
        project.client.post(f"/runs/{run['id']}/resume", {})


def test_a_run_that_a_provider_holds_back_is_cancelled_within_seconds(project: Project) -> None:
    push(project, items=6)
    project.live.provider.fail("429", "429", retry_after="600")
    body = {"release": "brief", "dataset": "sums", "evaluators": ["exact_match"], "concurrency": 2}
    run = project.client.post("/runs", body)
    # The record says meanwhile why nothing moves.
    while (calls := project.client.get(f"/runs/{run['id']}")["calls"]) is None or calls["refused"] < 2:
        time.sleep(0.05)
    project.client.post(f"/runs/{run['id']}/cancel", {})
    began = time.monotonic()
    settled(project, run["id"])
    assert time.monotonic() - began < 20
    stopped = project.client.get(f"/runs/{run['id']}")
    assert (stopped["state"], stopped["finished_items"], stopped["calls"]["refused"]) == ("cancelled", 0, 2)
    assert resume(project, run["id"])["metrics"]["exact_match"]["mean"] == 1.0


def test_samples_that_took_too_long_are_asked_again_and_others_not(project: Project) -> None:
    push(project, items=3, instructions=CARELESS)
    rows = [{"id": "odd", "input": {"no": "question"}, "reference": "1"}]
    rows += [{"id": f"i{n}", "input": {"question": f"What is {n} + 2?"}, "reference": str(n + 2)} for n in (2, 4)]
    project.client.post("/datasets/sums", {"items": rows})
    project.live.answering.clear()
    try:
        run = project.evaluate("brief", timeout_s=0.3)
    finally:
        project.live.answering.set()
    assert (run["state"], run["metrics"]["exact_match"]["missing_why"]) == (
        "finished",
        {"timeout": 2, "failed": 1},
    )
    whole = resume(project, run["id"], timeout_s=30)
    metric = whole["metrics"]["exact_match"]
    assert (metric["n"], metric["mean"], metric["missing_why"]) == (2, 1.0, {"failed": 1})
    assert whole["failed_items"] == 1


def test_a_run_that_a_verdict_rests_on_stays_as_it_is(project: Project) -> None:
    push(project, items=12)
    project.live.provider.fail("401")
    candidate = project.evaluate("brief", concurrency=1)
    baseline = project.evaluate("adder")
    assert (candidate["failed_items"], baseline["failed_items"]) == (1, 0)
    project.client.post("/gates", {"candidate": candidate["id"], "baseline": baseline["id"]})
    with pytest.raises(Conflict, match="A verdict rests on"):
        project.client.post(f"/runs/{candidate['id']}/resume", {})


def test_a_run_of_another_process_is_resumed_there(project: Project) -> None:
    push(project, items=2)
    body = {"release": "brief", "dataset": "sums", "evaluators": {"charm": True}}
    run = project.client.post("/runs/external", body)
    project.client.post(f"/runs/{run['id']}/cancel", {})
    with pytest.raises(Conflict, match="come from another process"):
        project.client.post(f"/runs/{run['id']}/resume", {})
