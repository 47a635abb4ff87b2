"""Gates that evaluate two releases and stop once it is decided."""

import threading
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.end_to_end.processes import eventually
from tests.live import CAREFUL, CARELESS, LiveServer, Project
from windlass.errors import Conflict, InputError, NotFound
from windlass.models.completion import Message

ITEMS = 40
MANY = 200
ENOUGH = 30
"""Of each release more than it takes to decide, and fewer than there are."""
BETTER = {"primary": {"metric": "exact_match", "kind": "superiority"}, "sequential": {"mode": "anytime"}}


class Held:
    """A model that answers each release only so often, until it is let go: it is no faster than the looks."""

    def __init__(self, live: LiveServer, enough: int) -> None:
        self._live = live
        self._enough = enough
        self._asked: Counter[str] = Counter()
        self._free = threading.Event()

    def __enter__(self) -> "Held":
        self._live.held = self._wait
        return self

    def __exit__(self, *_: object) -> None:
        self._free.set()
        self._live.held = lambda _messages: None

    def _wait(self, messages: Sequence[Message]) -> None:
        self._asked[messages[0].content] += 1
        if self._asked[messages[0].content] > self._enough:
            self._free.wait(30)


def decided(project: Project, *, enough: int = ENOUGH, **more: Any) -> dict[str, Any]:
    """Start a gate, let the model go once its runs are ended, and return it as it ended."""
    with Held(project.live, enough):
        gate = start(project, **more)
        runs = (gate["candidate"], gate["baseline"])
        eventually(
            lambda: (
                all(project.client.get(f"/runs/{run}")["state"] not in {"queued", "running"} for run in runs)
                or None
            ),
            "the runs to end",
        )
    return ended(project, gate)


def ready(project: Project, *, items: int = ITEMS) -> None:
    """Push the careless release, then the careful one, and sums for both."""
    project.push_sums(items=items)
    for instructions in (CARELESS, CAREFUL):
        project.push_release(instructions=instructions)


def start(
    project: Project, candidate: str = "adder@2", baseline: str = "adder@1", **more: object
) -> dict[str, Any]:
    body = {"candidate": candidate, "baseline": baseline, "dataset": "sums", "rule": BETTER, "concurrency": 1}
    gate: dict[str, Any] = project.client.post("/gates/live", {**body, "evaluators": ["exact_match"], **more})
    return gate


def ended(project: Project, gate: dict[str, Any]) -> dict[str, Any]:
    project.live.services.jobs.wait(gate["id"])
    found: dict[str, Any] = project.client.get(f"/gates/live/{gate['id']}")
    return found


def run_of(project: Project, gate: dict[str, Any], side: str) -> dict[str, Any]:
    run: dict[str, Any] = project.client.get(f"/runs/{gate[side]}")
    return run


def test_both_releases_are_evaluated_until_it_is_decided_and_no_further(project: Project) -> None:
    ready(project, items=MANY)
    gate = decided(project)
    assert (gate["state"], gate["error"]) == ("decided", None)
    verdict = project.client.get(f"/verdicts/{gate['verdict']}")
    report = verdict["sequential"]
    assert (verdict["outcome"], report["of"], report["saved"]) == ("pass", MANY, MANY - report["n"])
    assert report["n"] <= ENOUGH
    assert verdict["sentence"].endswith(
        f"Decided after {report['n']} of {MANY} items; the {report['saved']} others were not needed."
    )
    assert verdict["checks"][0]["n"] == report["n"]
    assert gate["progress"]["checks"][0]["looks"][-1]["low"] > 0
    for side in ("candidate", "baseline"):
        run = run_of(project, gate, side)
        assert (run["state"], run["settings"]["gate"]) == ("decided", gate["id"])
        assert run["error"].startswith(f"Stopped early: its gate was decided after {report['n']} of {MANY} items.")
        assert report["n"] <= run["finished_items"] < MANY
        assert run["metrics"]["exact_match"]["n"] == run["finished_items"]
    with pytest.raises(Conflict, match="was stopped for its gate is decided"):
        project.client.post(f"/runs/{gate['candidate']}/resume", {})
    with pytest.raises(InputError, match="is decided; a gate needs two finished runs"):
        project.client.post("/gates", {"candidate": gate["candidate"], "baseline": gate["baseline"]})


def test_two_finished_runs_are_read_in_the_same_order_and_stop_at_the_same_item(project: Project) -> None:
    ready(project, items=30)
    live = ended(project, start(project))
    careless, careful = project.evaluate("adder@1"), project.evaluate("adder@2")
    whole = project.client.post("/gates", {"candidate": careful["id"], "baseline": careless["id"], "rule": BETTER})
    early = project.client.get(f"/verdicts/{live['verdict']}")
    assert whole["sequential"] == early["sequential"]
    assert whole["checks"] == early["checks"]
    # What stands on the runs that were stopped can be computed from them again.
    again = project.client.post(
        "/gates", {"candidate": live["candidate"], "baseline": live["baseline"], "rule": BETTER}
    )
    assert again["id"] == early["id"]


def test_a_baseline_that_was_evaluated_is_not_evaluated_again(project: Project) -> None:
    ready(project)
    careless = project.evaluate("adder@1")
    gate = decided(project)
    assert gate["baseline"] == careless["id"]
    assert run_of(project, gate, "baseline")["state"] == "finished"
    assert run_of(project, gate, "candidate")["state"] == "decided"


def test_all_items_may_not_be_enough(project: Project) -> None:
    ready(project, items=6)
    gate = ended(project, start(project))
    verdict = project.client.get(f"/verdicts/{gate['verdict']}")
    assert (verdict["outcome"], verdict["sequential"]["n"], verdict["sequential"]["saved"]) == (
        "not_enough_data",
        6,
        0,
    )
    assert verdict["sentence"].endswith("All 6 items were looked at.")
    assert run_of(project, gate, "candidate")["state"] == "finished"


def test_a_gate_whose_server_restarts_decides_the_same_and_asks_nothing_twice(
    live: LiveServer, project: Project
) -> None:
    ready(project)
    provider, before = live.provider, len(live.provider.calls)
    live.asked.clear()
    started = start(project, concurrency=1)
    assert live.asked.wait(30)
    live.restart()
    live.services._await_recovery()
    again = Project(live, project.name)
    gate = ended(again, started)
    undisturbed = ended(again, start(again))
    first, second = (again.client.get(f"/verdicts/{each['verdict']}") for each in (gate, undisturbed))
    assert first["sequential"] == second["sequential"]
    asked = Counter(call.messages[-1].content for call in provider.calls[before:])
    stored = Counter(
        sample["input"]["question"]
        for side in ("candidate", "baseline")
        for sample in again.client.pages(f"/runs/{gate[side]}/samples", limit=500)
    )
    # What was in flight when the server went was asked for nothing, at most once by each of the two runs.
    assert sum((asked - stored).values()) <= 2
    again.close()


def test_a_gate_is_cancelled_with_its_runs(live: LiveServer, project: Project) -> None:
    ready(project)
    live.answering.clear()
    try:
        gate = start(project)
        cancelled = project.client.post(f"/gates/live/{gate['id']}/cancel", {})
    finally:
        live.answering.set()
    assert (cancelled["state"], cancelled["verdict"]) == ("cancelled", None)
    assert {run_of(project, gate, side)["state"] for side in ("candidate", "baseline")} == {"cancelled"}
    with pytest.raises(Conflict, match="is cancelled and cannot be cancelled any more"):
        project.client.post(f"/gates/live/{gate['id']}/cancel", {})
    assert ended(project, gate)["state"] == "cancelled"


def test_a_run_that_comes_to_its_budget_leaves_its_gate_undecided(project: Project) -> None:
    ready(project)
    gate = ended(project, start(project, max_tokens=1040, concurrency=1))
    assert (gate["state"], gate["verdict"]) == ("stopped", None)
    assert "It is undecided, and run-" in gate["error"]
    assert "It stopped at its budget of 1040 tokens" in gate["error"]
    assert {run_of(project, gate, side)["state"] for side in ("candidate", "baseline")} <= {"stopped", "cancelled"}


def test_what_cannot_be_decided_is_refused_before_anybody_is_asked(live: LiveServer, project: Project) -> None:
    ready(project, items=4)
    asked = len(live.provider.calls)
    with pytest.raises(InputError, match="the same release"):
        start(project, baseline="adder@2")
    with pytest.raises(InputError, match="belong together by 'page'"):
        start(project, rule={**BETTER, "cluster": "page"})
    with pytest.raises(InputError, match="asks for bleu: add it to the evaluators"):
        start(project, rule={"primary": {"metric": "bleu", "kind": "superiority"}})
    with pytest.raises(NotFound):
        start(project, baseline="nobody@1")
    with pytest.raises(NotFound, match="no live gate 'gate-1'"):
        project.client.get("/gates/live/gate-1")
    assert len(live.provider.calls) == asked
    assert project.client.get("/runs")["items"] == []
