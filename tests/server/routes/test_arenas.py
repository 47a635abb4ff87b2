"""Arenas over HTTP: made of real runs, voted in blind, judged, and read in a terminal."""

import json
from typing import Any

import pytest

from tests.cli.conftest import Windlass, windlass, windlass_alone
from tests.live import Project
from windlass.errors import Conflict, Denied, InputError, NotFound

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
    judged = windlass("arena", "judge", "sums", "--judge", "which@latest", "--most", "6")
    assert judged.out.startswith("which@1 decided 6 battles, 2 of equal answers, in 8 calls")
    assert windlass("arena", "judge", "sums", "--judge", "which").out.startswith(
        "which@1 decided 2 battles, 2 of equal answers, in 0 calls"
    )
    board = client.get("/arenas/sums/leaderboard")
    people, judge = board["boards"]
    assert people["ranking"]["players"][0]["name"] == f"adder@{careful['release']['number']}"
    assert judge["agreement"]["equal"] == {"value": 1.0, "low": None, "high": None, "n": 4}
    assert (judge["consistent"]["value"], judge["verdicts"], judge["ties"]) == (1.0, 8, 4)

    shown = windlass("arena", "show", "sums").out
    assert "4 votes of people, 4 of judges" in shown
    assert "never lost or tied" not in shown
    assert "Both orders said the same 100%" in shown
    assert "It says what most people say 100% of the time (n = 4)" in shown
    actions = [entry["action"] for entry in client.get("/audit", limit=50)["items"]]
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
        project.client.post("/arenas/x/judge", {"judge": "plain@latest"})


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
