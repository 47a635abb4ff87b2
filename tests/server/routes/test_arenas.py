"""Arenas over HTTP: made of real runs, voted in blind, judged, and read in a terminal."""

import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests import live as live_parts
from tests.cli.conftest import Windlass, windlass, windlass_alone
from tests.live import LiveServer, Project
from windlass.errors import Conflict, Denied, InputError, NotFound
from windlass.models.completion import Message

__all__ = ["windlass", "windlass_alone"]

JUDGE = {"function": "pairwise", "parameters": {"model": "openai:scripted", "criteria": "Which sum is right?"}}


@pytest.fixture
def runs(project: Project) -> tuple[dict[str, Any], dict[str, Any]]:
    return project.evaluate_two(items=8)


def test_an_arena_is_voted_in_blind_and_judged(
    project: Project, runs: tuple[dict[str, Any], dict[str, Any]], windlass: Windlass
) -> None:
    careless, careful = runs
    assert windlass("arena", "list").out.startswith("There is no arena")
    made = windlass("arena", "create", "sums", careless["id"], careful["id"])
    assert made.out.startswith("sums: 2 runs on 8 items of sums 1. Vote at http")
    with pytest.raises(Conflict, match="already"):
        project.client.post("/arenas", {"name": "sums", "runs": [careless["id"], careful["id"]]})

    client = project.client
    votes = 0
    while (battle := client.post("/arenas/sums/next", {})["battle"]) is not None:
        # Nothing says whose the answers are, nor where their traces are.
        assert sorted(battle) == ["answers", "id", "input", "reference"]
        told = json.dumps(battle)
        assert not any(run["id"] in told or run["release"]["digest"] in told for run in runs)
        good = [answer == battle["reference"] for answer in battle["answers"]]
        verdict = "tie" if good[0] == good[1] else "first" if good[0] else "second"
        revealed = client.put(f"/arenas/sums/battles/{battle['id']}/vote", {"verdict": verdict})
        assert {revealed["first"]["run"], revealed["second"]["run"]} == {careless["id"], careful["id"]}
        if verdict != "tie":
            assert revealed[verdict]["run"] == careful["id"]
        votes += 1
    # The careless add up rightly every other time: of equal answers nobody is asked.
    assert votes == 4

    client.post("/artifacts/evaluator/which", {"body": JUDGE})
    judged = windlass("arena", "judge", "sums", "--judge", "which@latest", "--most", "6", "--max-tokens", "90000")
    guessed, decided = judged.out.splitlines()
    assert guessed.startswith("which@1, not calibrated: 6 battles, 4 of equal answers, 8 calls, at most")
    assert decided.startswith("which@1 decided 6 of 6 battles, 2 of equal answers, in 8 calls")
    asked = len(project.live.provider.calls)
    guessed, decided = windlass("arena", "judge", "sums", "--judge", "which").out.splitlines()
    assert guessed.startswith("which@1, not calibrated: 2 battles, 2 of equal answers, 0 calls, about 0 tokens")
    assert decided.startswith("which@1 decided 2 of 2 battles, 2 of equal answers, in 0 calls")
    with pytest.raises(Conflict, match="which@1 was asked about every battle of sums"):
        client.post("/arenas/sums/judgings", {"judge": "which"})
    assert len(project.live.provider.calls) == asked
    board = client.get("/arenas/sums/leaderboard")
    people, judge = board["boards"]
    assert people["ranking"]["players"][0]["name"] == f"adder@{careful['release']['number']}"
    assert judge["agreement"]["equal"] == {"value": 1.0, "low": None, "high": None, "n": 4}
    assert (judge["consistent"]["value"], judge["verdicts"], judge["ties"]) == (1.0, 8, 4)
    assert (judge["coverage"]["value"], judge["coverage"]["n"]) == (1.0, 4)
    assert (judge["judge"]["version"]["models"], judge["judge"]["standing"]["state"]) == (
        ["openai:scripted"],
        "none",
    )

    shown = windlass("arena", "show", "sums").out
    assert "4 votes of people, 4 of judges" in shown
    assert "which@1 (not calibrated): 8 verdicts" in shown
    assert "never lost or tied" not in shown
    assert "Both orders said the same 100%" in shown
    assert "It says what most people say 100% of the time (n = 4)" in shown
    reported = windlass("report", "--arena", "sums", "--format", "json").out
    assert "it has a verdict on 100" in reported
    assert "the judge has not been calibrated" in reported
    actions = [entry["action"] for entry in client.get("/audit", limit=50)["items"]]
    assert actions.count("judging:record") == actions.count("judging:create") == 2
    assert "arena:create" in actions
    assert windlass("arena", "list").out.splitlines()[1].split()[:1] == ["sums"]
    windlass("arena", "delete", "sums")
    assert client.get("/arenas")["items"] == []


def test_what_cannot_meet_is_refused(project: Project, runs: tuple[dict[str, Any], dict[str, Any]]) -> None:
    first, second = (run["id"] for run in runs)

    def create(*ids: str, **more: object) -> dict[str, Any]:
        made: dict[str, Any] = project.client.post("/arenas", {"name": "x", "runs": list(ids), **more})
        return made

    with pytest.raises(InputError, match="names each run once"):
        create(first, first)
    with pytest.raises(NotFound, match="no run"):
        create(first, "run-none")
    project.push_sums("others", items=3)
    other = project.evaluate("adder@latest", "others")
    with pytest.raises(InputError, match="different versions of data, sums 1 and others 1"):
        create(first, other["id"])
    with pytest.raises(InputError):
        create(first)
    made = create(first, second, sample=3, seed=4)
    assert made["items"] == 3
    project.client.post("/artifacts/evaluator/plain", {"body": {"function": "token_f1"}})
    with pytest.raises(InputError, match="judges one answer, not two"):
        project.client.post("/arenas/x/judgings", {"judge": "plain@latest"})
    project.client.post("/artifacts/evaluator/which", {"body": JUDGE})
    with pytest.raises(InputError, match="There is no price of"):
        project.client.post("/arenas/x/judgings", {"judge": "which", "max_cost_usd": 1})
    assert project.client.get("/arenas/x/judgings")["items"] == []


def test_a_reviewer_votes_and_does_not_make_arenas(
    project: Project, runs: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    body = {"name": "sums", "runs": [run["id"] for run in runs]}
    project.client.post("/arenas", body)
    with project.http(project.key_of("reviewer")) as http:
        assert http.post("/api/v1/arenas", json={**body, "name": "other"}).status_code == Denied.status
        battle = http.post("/api/v1/arenas/sums/next").json()["battle"]
        place = f"/api/v1/arenas/sums/battles/{battle['id']}"
        assert http.post(f"{place}/skip").status_code == 204
        assert http.put(f"{place}/vote", json={"verdict": "tie"}).status_code == 200
        assert http.get("/api/v1/arenas/sums/leaderboard").json()["boards"][0]["skipped"] == 0


def judging_of(project: Project, started: dict[str, Any]) -> dict[str, Any]:
    project.live.services.jobs.wait(started["id"])
    found: dict[str, Any] = project.client.get(f"/arenas/{started['arena']}/judgings/{started['id']}")
    return found


def judge_calls(project: Project, since: int) -> Counter[str]:
    """Return how often a judge was asked what."""
    calls = project.live.provider.calls[since:]
    return Counter(call.messages[-1].content for call in calls if call.messages[0].content.startswith("You judge"))


def test_a_judging_whose_server_was_killed_goes_on_and_pays_for_no_battle_twice(
    live: LiveServer, project: Project, runs: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    project.client.post("/arenas", {"name": "sums", "runs": [run["id"] for run in runs]})
    project.client.post("/artifacts/evaluator/which", {"body": JUDGE})
    since, asked = len(live.provider.calls), threading.Event()

    def hold(_messages: Sequence[Message]) -> None:
        # From the second battle on the judge takes its time, so that the server goes while it is asked.
        if sum(judge_calls(project, since).values()) > 3:
            asked.set()
            time.sleep(0.2)

    live.held = hold
    started = project.client.post("/arenas/sums/judgings", {"judge": "which", "concurrency": 1})
    assert asked.wait(30)
    live.restart_alone()
    live.held = lambda _messages: None
    live.services._await_recovery()
    again = Project(live, project.name)
    ended = judging_of(again, started)
    assert (ended["state"], ended["judged"], ended["same"], ended["missing"]) == ("finished", 8, 4, 0)
    # Four unequal pairs in two orders: what was in flight was waited for, and its answer kept.
    assert sorted(judge_calls(again, since).values()) == [1] * 8
    again.close()


def test_a_judging_ends_at_its_budget_or_when_somebody_ends_it_and_is_gone_on_with(
    live: LiveServer, project: Project, runs: tuple[dict[str, Any], dict[str, Any]], windlass: Windlass
) -> None:
    project.client.post("/arenas", {"name": "sums", "runs": [run["id"] for run in runs]})
    project.client.post("/artifacts/evaluator/which", {"body": JUDGE})
    guess = project.client.post("/arenas/sums/judgings/estimate", {"judge": "which"})
    assert (guess["battles"], guess["same"], guess["calls"], guess["tokens"]) == (8, 4, 8, None)
    # Room for the one call after which no other is sure to fit.
    one_call = guess["most_tokens"] // 8 + 100
    since = len(live.provider.calls)
    body = {"judge": "which", "max_tokens": one_call, "concurrency": 1}
    stopped = judging_of(project, project.client.post("/arenas/sums/judgings", body))
    assert (stopped["state"], stopped["missing"]) == ("stopped", 0)
    assert "It stopped at its budget" in stopped["error"]
    assert stopped["error"].endswith(
        "Start it again with a higher ceiling: what was answered is not paid for twice."
    )
    assert 0 < stopped["calls"]["spent_tokens"] <= one_call
    assert sum(judge_calls(project, since).values()) == 1

    live.answering.clear()
    try:
        started = project.client.post("/arenas/sums/judgings", {"judge": "which", "concurrency": 1})
        with pytest.raises(Conflict, match="is at work in this arena already"):
            project.client.post("/arenas/sums/judgings", {"judge": "which"})
        assert f"{started['id']} of which@1 is cancelled" in windlass("arena", "cancel", "sums").out
    finally:
        live.answering.set()
    cancelled = judging_of(project, started)
    assert (cancelled["state"], cancelled["missing"]) == ("cancelled", 0)
    assert windlass("arena", "cancel", "sums").out == "No judge is at work in sums.\n"
    done = windlass("arena", "judge", "sums", "--judge", "which")
    assert done.code == 0
    # Budget and cancelling included, no order of no pair was asked about twice.
    assert sorted(judge_calls(project, since).values()) == [1] * 8
    assert project.client.get("/arenas/sums/leaderboard")["boards"][1]["verdicts"] == 8


def test_what_a_judge_does_not_answer_is_counted_and_asked_again_only_by_request(
    windlass: Windlass,
    project: Project,
    runs: tuple[dict[str, Any], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project.client.post("/arenas", {"name": "sums", "runs": [run["id"] for run in runs]})
    project.client.post("/artifacts/evaluator/which", {"body": JUDGE})
    right = live_parts.answer

    def mumble(messages: Sequence[Message]) -> str:
        return "hm" if "What is 1 + 4?" in messages[-1].content else right(messages)

    monkeypatch.setattr(live_parts, "answer", mumble)
    first = judging_of(project, project.client.post("/arenas/sums/judgings", {"judge": "which"}))
    assert (first["state"], first["judged"], first["missing"]) == ("finished", 7, 1)
    board = project.client.get("/arenas/sums/leaderboard")["boards"][1]
    assert (board["missing_why"], board["coverage"]["n"], board["coverage"]["value"]) == (
        {"unparsable": 1},
        4,
        0.75,
    )
    shown = windlass("arena", "show", "sums")
    assert "Without a verdict: 1 no readable verdict." in shown.out
    monkeypatch.setattr(live_parts, "answer", right)
    again = judging_of(project, project.client.post("/arenas/sums/judgings", {"judge": "which", "retry": True}))
    # The answers that were no verdict are kept, and not given again.
    assert (again["judged"], again["missing"], again["calls"]["answered"]) == (1, 0, 2)
    assert project.client.get("/arenas/sums/leaderboard")["boards"][1]["missing_why"] == {}
