"""Runs that give kept answers again."""

from typing import Any

import pytest

from tests.live import Project
from tests.server.routes.test_runs import RUBRIC
from windlass.errors import InputError, NotFound


def calls_of(run: dict[str, Any]) -> tuple[int, int]:
    return run["calls"]["answered"], run["calls"]["cached"]


def test_a_run_with_a_cache_asks_again_only_what_is_new(project: Project) -> None:
    project.client.post("/artifacts/evaluator/right-sum", {"body": RUBRIC})
    project.push_release()
    project.push_sums(items=3)
    names = ["exact_match", "right-sum", "cost_usd", "output_tokens", "latency_s"]
    first = project.evaluate("adder", evaluators=names, cache=True)
    asked = len(project.live.provider.calls)
    again = project.evaluate("adder", evaluators=names, cache=True)
    assert len(project.live.provider.calls) == asked
    assert (calls_of(first), calls_of(again)) == ((6, 0), (0, 6))
    for metric in ("exact_match", "right-sum", "output_tokens"):
        assert again["metrics"][metric] == first["metrics"][metric]
    # The price of the scripted model is not known; what is given again costs nothing.
    assert (first["metrics"]["cost_usd"]["mean"], again["metrics"]["cost_usd"]["mean"]) == (None, 0.0)
    assert (first["calls"]["unpriced"], again["calls"]["spent_usd"]) == (6, 0.0)
    sample = next(iter(project.client.pages(f"/runs/{again['id']}/samples")))
    trace = project.client.get(f"/traces/{sample['trace_id']}")
    called = [span for span in trace["spans"] if span["operation"] == "chat"]
    assert [span["attributes"]["windlass.call.cached"] for span in called] == [True, True]
    assert [(span["cost_usd"], span["output_tokens"] > 0) for span in called] == [(0.0, True)] * 2
    project.push_sums(items=4)
    more = project.evaluate("adder", evaluators=names, cache=True)
    assert calls_of(more) == (2, 6)


def test_a_run_without_a_cache_neither_finds_nor_keeps(project: Project) -> None:
    project.push_release()
    project.push_sums(items=2)
    assert calls_of(project.evaluate("adder")) == (2, 0)
    assert calls_of(project.evaluate("adder", cache=True)) == (2, 0)
    assert calls_of(project.evaluate("adder")) == (2, 0)


def test_what_is_kept_is_counted_and_cleared(project: Project) -> None:
    project.push_release()
    project.push_sums(items=2)
    project.evaluate("adder", cache=True)
    held = project.client.get("/cache")
    assert held["answers"] == 2
    assert 0 < held["bytes"] < 2000
    assert (held["max_bytes"], held["max_age_days"]) == (256 * 2**20, 30)
    assert project.client.delete("/cache") == {"answers": 2}
    assert project.client.get("/cache")["answers"] == 0
    assert calls_of(project.evaluate("adder", cache=True)) == (2, 0)


def test_what_is_no_answer_is_not_kept(project: Project) -> None:
    key = "sha256:" + "0" * 64
    with pytest.raises(InputError, match=f"The answer to {key} is no completion"):
        project.client.post("/cache/answers", {"answers": {key: "yes"}})
    with pytest.raises(InputError):
        project.client.post("/cache/answers", {"answers": {"mine": "yes"}})
    with pytest.raises(NotFound, match="No answer is kept"):
        project.client.get(f"/cache/answers/{key}")
