"""Gates that evaluate two releases and stop once it is decided."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.end_to_end.processes import eventually
from tests.live import CAREFUL, CARELESS, LiveServer, Project
from windlass.errors import Conflict, InputError, NotFound, Unavailable
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
    project.live.services.jobs.wait(f"{gate['id']}-{gate['resumed']}" if gate["resumed"] else gate["id"])
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


def resume(project: Project, gate: dict[str, Any], **options: object) -> dict[str, Any]:
    """Resume a gate; runs may be storing their last samples still."""
    resumed: dict[str, Any] = eventually(
        lambda: _unless_away(lambda: project.client.post(f"/gates/live/{gate['id']}/resume", options)),
        "the gate to go on",
    )
    return resumed


def _unless_away(ask: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    try:
        return ask()
    except Unavailable:
        return None


def asked_of(live: LiveServer, since: int) -> Counter[tuple[str, str]]:
    """Return how often each release was asked each question."""
    calls = live.provider.calls[since:]
    return Counter((call.messages[0].content, call.messages[-1].content) for call in calls)


def test_a_gate_that_stopped_was_cancelled_and_killed_decides_as_if_nothing_had_happened(
    live: LiveServer, project: Project
) -> None:
    ready(project, items=30)
    since = len(live.provider.calls)

    # It stops at its budget, and a higher one is asked for.
    gate = ended(project, start(project, max_tokens=1040))
    assert (gate["state"], gate["verdict"]) == ("stopped", None)
    assert "It is undecided, and run-" in gate["error"]
    assert "It stopped at its budget of 1040 tokens" in gate["error"]
    assert f"`windlass gate --resume {gate['id']}` goes on" in gate["error"]
    assert {run_of(project, gate, side)["state"] for side in ("candidate", "baseline")} <= {"stopped", "cancelled"}
    with pytest.raises(InputError, match="resume it with a higher max_cost_usd or max_tokens"):
        resume(project, gate)
    assert project.client.get(f"/gates/live/{gate['id']}") == gate

    # Somebody cancels it while its next samples are in flight.
    live.answering.clear()
    live.asked.clear()
    try:
        gate = resume(project, gate, max_tokens=1_000_000)
        assert (gate["state"], gate["error"], gate["resumed"]) == ("running", None, 1)
        with pytest.raises(Conflict, match="is running; only a gate that has ended can be resumed"):
            project.client.post(f"/gates/live/{gate['id']}/resume", {})
        assert live.asked.wait(30)
        project.client.post(f"/gates/live/{gate['id']}/cancel", {})
    finally:
        live.answering.set()
    gate = ended(project, gate)
    assert gate["state"] == "cancelled"

    # The server goes while it is taken up again.
    live.asked.clear()
    gate = resume(project, gate)
    assert live.asked.wait(30)
    live.restart_alone()
    live.services._await_recovery()
    again = Project(live, project.name)
    gate = ended(again, gate)

    assert (gate["state"], gate["resumed"]) == ("decided", 2)
    # What was in flight when the server went is asked again, at most once by each of the two runs.
    assert sum(count - 1 for count in asked_of(live, since).values()) <= 2
    undisturbed = ended(again, start(again))
    first, second = (again.client.get(f"/verdicts/{each['verdict']}") for each in (gate, undisturbed))
    assert first["sequential"] == second["sequential"]
    assert first["checks"] == second["checks"]
    assert first["outcome"] == "pass"
    actions = Counter(entry["action"] for entry in again.client.get("/audit", limit=100)["items"])
    assert (actions["gate:start"], actions["gate:resume"], actions["gate:cancel"]) == (2, 2, 1)
    with pytest.raises(Conflict, match=f"is decided, and {gate['verdict']} says how"):
        again.client.post(f"/gates/live/{gate['id']}/resume", {})
    again.close()


def test_what_a_verdict_rests_on_is_not_gone_on_with(project: Project) -> None:
    ready(project)
    gate = ended(project, start(project, max_tokens=1040))
    project.client.post("/gates", {"candidate": gate["candidate"], "baseline": gate["baseline"], "rule": BETTER})
    with pytest.raises(Conflict, match="A verdict rests on run-"):
        resume(project, gate, max_tokens=1_000_000)
    assert project.client.get(f"/gates/live/{gate['id']}")["state"] == "stopped"
    runs = [run_of(project, gate, side) for side in ("candidate", "baseline")]
    assert not {run["state"] for run in runs} & {"queued", "running"}


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
