from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.live import CAREFUL, CARELESS, Project
from windlass.errors import Conflict, InputError, NotFound

PROMOTE = "/environments/production/promote"
ROLLBACK = "/environments/production/rollback"


def running(project: Project, environment: str = "production") -> list[tuple[str, int]]:
    found = {each["name"]: each["deployments"] for each in project.client.get("/environments")["items"]}
    return [(deployment["release"], deployment["number"]) for deployment in found[environment]]


def test_a_project_begins_with_three_environments_in_which_nothing_runs(project: Project) -> None:
    names = [environment["name"] for environment in project.client.get("/environments")["items"]]
    assert names == ["development", "staging", "production"]
    assert running(project) == []


def test_promotion_and_rollback_are_kept_with_who_and_why(project: Project) -> None:
    first, second = project.push_release(instructions="1"), project.push_release(instructions="2")
    deployed = project.client.post(PROMOTE, {"release": "adder@1", "expected": None, "reason": "the first"})
    assert (deployed["number"], deployed["by"], deployed["previous"]) == (1, "key:a-admin", None)
    deployed = project.client.post(
        PROMOTE, {"release": "adder@2", "expected": first["digest"], "reason": "better"}
    )
    assert (deployed["digest"], deployed["previous"]) == (second["digest"], first["digest"])
    assert running(project) == [("adder", 2)]
    back = project.client.post(ROLLBACK, {"name": "adder", "reason": "it adds wrongly"})
    assert (back["digest"], back["reason"]) == (first["digest"], "it adds wrongly")
    entries = project.client.get("/audit")["items"]
    assert [(entry["action"], entry["reason"]) for entry in entries[:3]] == [
        ("environment:rollback", "it adds wrongly"),
        ("environment:promote", "better"),
        ("environment:promote", "the first"),
    ]
    assert (entries[0]["before"], entries[0]["after"]) == (second["digest"], first["digest"])
    # The environment is one way to name the version.
    assert project.client.get("/artifacts/release/adder/versions/production")["number"] == 1


def test_who_did_not_see_the_last_change_is_refused(project: Project) -> None:
    first, second = project.push_release(instructions="1"), project.push_release(instructions="2")
    project.client.post(PROMOTE, {"release": "adder@1"})
    for expected in (None, second["digest"]):
        with pytest.raises(Conflict, match=f"runs {first['digest']} by now: somebody else was first"):
            project.client.post(PROMOTE, {"release": "adder@2", "expected": expected})
    assert running(project) == [("adder", 1)]


def test_of_racing_promotions_one_wins_and_the_others_are_told(project: Project) -> None:
    for number in range(4):
        project.push_release(instructions=str(number))

    def promote(number: int) -> int:
        with project.http() as http:
            body = {"release": f"adder@{number}", "expected": None}
            return http.post(f"/api/v1{PROMOTE}", json=body).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(promote, range(1, 5)))
    assert sorted(statuses) == [200, 409, 409, 409]
    assert running(project) == [("adder", statuses.index(200) + 1)]


@pytest.mark.parametrize(
    ("path", "body", "error", "sentence"),
    [
        (PROMOTE, {"release": "adder@9"}, NotFound, "has no version or label '9'"),
        (PROMOTE, {"release": "nothing@1"}, NotFound, "There is no release 'nothing'"),
        (PROMOTE, {"release": "adder 1"}, InputError, "does not name a version"),
        (PROMOTE, {"release": "prompt/adder@1"}, InputError, "is a prompt, but a release is needed"),
        (PROMOTE, {"release": "adder@1", "verdict_id": "verdict-none"}, NotFound, "no verdict 'verdict-none'"),
        ("/environments/A%20B/promote", {"release": "adder@1"}, InputError, "is no name for an environment"),
        ("/environments/7/promote", {"release": "adder@1"}, InputError, "would read as a version number"),
        (ROLLBACK, {"name": "adder"}, NotFound, "there is nothing to roll back"),
        (ROLLBACK, {"name": "nothing"}, NotFound, "there is nothing to roll back"),
    ],
)
def test_what_cannot_be_deployed_is_one_sentence_and_changes_nothing(
    project: Project, path: str, body: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    project.push_release()
    with pytest.raises(error, match=sentence):
        project.client.post(path, body)
    assert running(project) == []
    assert {entry["action"] for entry in project.client.get("/audit")["items"]} == {"key:create", "version:push"}


def test_a_rollback_past_the_first_release_is_refused(project: Project) -> None:
    project.push_release()
    project.client.post(PROMOTE, {"release": "adder@1"})
    with pytest.raises(NotFound, match="No other version of release/adder ran in 'production' before"):
        project.client.post(ROLLBACK, {"name": "adder"})
    assert running(project) == [("adder", 1)]


def test_a_verdict_lets_in_the_release_that_it_passed_and_no_other(project: Project) -> None:
    careless, careful = project.evaluate_two()
    passed = project.client.post("/gates", {"candidate": careful["id"], "baseline": careless["id"]})
    failed = project.client.post("/gates", {"candidate": careless["id"], "baseline": careful["id"]})
    assert (passed["outcome"], failed["outcome"]) == ("pass", "fail")
    with pytest.raises(Conflict, match="says fail: release/adder 1 may not go to 'production' on it"):
        project.client.post(PROMOTE, {"release": "adder@1", "verdict_id": failed["id"]})
    other = project.push_release(instructions=f"{CAREFUL} {CARELESS}")
    with pytest.raises(Conflict, match="is about release/adder 2, not about release/adder 3: gate this one first"):
        project.client.post(PROMOTE, {"release": f"adder@{other['number']}", "verdict_id": passed["id"]})
    assert running(project) == []
    deployed = project.client.post(PROMOTE, {"release": "adder@2", "verdict_id": passed["id"]})
    assert deployed["verdict_id"] == passed["id"]
    assert running(project) == [("adder", 2)]
    assert project.client.get("/audit")["items"][0]["details"] == {"verdict": passed["id"]}
