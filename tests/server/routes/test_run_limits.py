"""Runs whose providers refuse, and samples that take too long."""

from typing import Any

import pytest

from tests.live import Project
from tests.server.routes.test_runs import RUBRIC
from windlass.errors import InputError


def test_the_options_of_a_run_are_kept_with_it(project: Project) -> None:
    project.push_release()
    project.push_sums(items=2)
    ceilings = {"requests_per_minute": 6000, "tokens_per_minute": 600_000, "model_concurrency": 2}
    options: dict[str, Any] = {**ceilings, "timeout_s": 30.5}
    run = project.evaluate("adder", **options)
    assert (run["state"], run["finished_items"], run["settings"]["options"]) == ("finished", 2, options)


@pytest.mark.parametrize(
    ("option", "value"), [("requests_per_minute", 0), ("timeout_s", 0), ("requests_a_minute", 10)]
)
def test_an_option_that_cannot_be_is_refused(project: Project, option: str, value: Any) -> None:
    project.push_release()
    project.push_sums(items=2)
    with pytest.raises(InputError, match=option):
        project.evaluate("adder", **{option: value})


def test_a_refused_call_is_made_again_within_its_sample(project: Project) -> None:
    project.push_release()
    project.push_sums(items=4)
    project.live.provider.fail("429")
    run = project.evaluate("adder", concurrency=1)
    assert (run["failed_items"], run["metrics"]["exact_match"]["mean"]) == (0, 1.0)
    samples = list(project.client.pages(f"/runs/{run['id']}/samples"))
    spans = project.client.get(f"/traces/{samples[0]['trace_id']}")["spans"]
    (call,) = [span for span in spans if span["operation"] == "chat"]
    assert call["attributes"]["windlass.call.attempts"] == 2
    # It waited half a second at least, which is no latency of the release.
    assert samples[0]["latency_s"] < 0.5 <= call["attributes"]["windlass.call.held_s"]


def test_a_sample_that_takes_too_long_is_missing_and_the_run_says_so(project: Project) -> None:
    project.push_release()
    project.push_sums(items=2)
    project.live.answering.clear()
    try:
        run = project.evaluate("adder", timeout_s=0.2)
    finally:
        project.live.answering.set()
    assert (run["state"], run["failed_items"]) == ("finished", 2)
    metric = run["metrics"]["exact_match"]
    assert (metric["mean"], metric["n"], metric["missing_why"]) == (None, 0, {"timeout": 2})
    (sample, _) = project.client.pages(f"/runs/{run['id']}/samples")
    assert sample["error"] == "the target did not answer within 0.2 s"


def test_what_stays_refused_is_missing_with_the_reason_and_can_be_asked_again(project: Project) -> None:
    project.client.post("/artifacts/evaluator/right-sum", {"body": RUBRIC})
    project.push_release()
    project.push_sums(items=3)
    # The first sample is answered and its judge refused; nobody waits for an hour.
    project.live.provider.fail(None, "429", retry_after="3600")
    run = project.evaluate("adder", evaluators=["right-sum"], concurrency=1)
    assert (run["state"], run["failed_items"]) == ("finished", 2)
    metric = run["metrics"]["right-sum"]
    assert (metric["mean"], metric["missing_why"]) == (None, {"refused": 2, "error": 1})
    judged, *refused = project.client.pages(f"/runs/{run['id']}/samples")
    assert "given up after it was refused" in judged["explanations"]["right-sum"]
    assert all("given up after it was refused" in sample["error"] for sample in refused)
    project.client.post(f"/runs/{run['id']}/resume", {})
    project.live.services.jobs.wait(f"{run['id']}-1")
    whole = project.client.get(f"/runs/{run['id']}")
    assert (whole["failed_items"], whole["metrics"]["right-sum"]["mean"]) == (0, 1.0)
