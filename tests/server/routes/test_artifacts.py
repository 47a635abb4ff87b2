from typing import Any

import pytest

from tests.live import Project
from windlass.errors import Conflict, InputError, NotFound


def prompt_of(text: str) -> dict[str, Any]:
    return {"body": {"messages": [{"role": "user", "template": text}]}, "message": f"says {text}"}


def test_a_push_is_201_and_the_same_content_again_is_200(project: Project) -> None:
    with project.http() as http:
        first = http.post("/api/v1/artifacts/prompt/greeting", json=prompt_of("Hi."))
        again = http.post("/api/v1/artifacts/prompt/greeting", json={**prompt_of("Hi."), "message": "another"})
    assert (first.status_code, first.json()["is_new"], first.json()["number"]) == (201, True, 1)
    assert (again.status_code, again.json()["is_new"], again.json()["message"]) == (200, False, "says Hi.")
    assert first.json()["author"] == "key:a-admin"


def test_a_version_is_found_by_number_digest_label_and_latest(project: Project) -> None:
    client = project.client
    versions = [client.post("/artifacts/prompt/greeting", prompt_of(text)) for text in ("Hi.", "Hello.")]
    client.put("/artifacts/prompt/greeting/labels/good", {"to": "1"})
    for what, version in (("1", 0), (versions[1]["digest"], 1), ("good", 0), ("latest", 1)):
        assert client.get(f"/artifacts/prompt/greeting/versions/{what}")["digest"] == versions[version]["digest"]
    history = client.get("/artifacts/prompt/greeting")
    assert [version["number"] for version in history["versions"]] == [2, 1]
    assert history["labels"] == {"good": versions[0]["digest"], "latest": versions[1]["digest"]}
    (summary,) = client.get("/artifacts", kind="prompt")["items"]
    assert (summary["name"], summary["versions"], summary["latest"]["number"]) == ("greeting", 2, 2)


@pytest.mark.parametrize("what", ["3", "better", "sha256:" + "0" * 64, "99999999999999999999"])
def test_an_unknown_version_names_the_labels_there_are(project: Project, what: str) -> None:
    project.client.post("/artifacts/prompt/greeting", prompt_of("Hi."))
    with pytest.raises(NotFound, match=r"prompt/greeting has no version or label .* its labels are: latest"):
        project.client.get(f"/artifacts/prompt/greeting/versions/{what}")


def test_lineage_is_there_both_ways(project: Project) -> None:
    release = project.push_release()
    links = {link["role"]: (link["kind"], link["name"], link["number"]) for link in release["references"]}
    assert links == {"prompts.answer": ("prompt", "adder", 1), "model": ("model", "scripted", 1)}
    prompt = project.client.get("/artifacts/prompt/adder/versions/1")
    assert [(link["kind"], link["digest"]) for link in prompt["referenced_by"]] == [("release", release["digest"])]


def test_a_release_of_what_does_not_exist_is_refused_whole(project: Project) -> None:
    body = {"prompts": {"answer": "prompt/nothing"}, "model": "model/nothing"}
    with pytest.raises(NotFound, match="There is no prompt 'nothing'"):
        project.client.post("/artifacts/release/adder", {"body": body})
    assert project.client.get("/artifacts")["items"] == []


def test_a_difference_opens_the_parts_of_a_release(project: Project) -> None:
    project.push_release(instructions="Be quick.")
    project.push_release(instructions="Be careful.", description="slower")
    found = project.client.get("/artifacts/release/adder/diff", **{"from": "1", "to": "2"})
    assert (found["from"]["number"], found["to"]["number"]) == (1, 2)
    changes = {change["path"]: (change["before"], change["after"]) for change in found["changes"]}
    assert changes["description"] == ("", "slower")
    assert ("Be quick.", "Be careful.") in changes.values()


def test_a_label_moves_by_compare_and_swap(project: Project) -> None:
    client = project.client
    first, second = (client.post("/artifacts/prompt/greeting", prompt_of(text)) for text in ("Hi.", "Hello."))
    label = "/artifacts/prompt/greeting/labels/good"
    moved = client.put(label, {"to": "1", "expected": None, "reason": "the first"})
    assert moved == {"label": "good", "digest": first["digest"]}
    with pytest.raises(Conflict, match="somebody moved it"):
        client.put(label, {"to": "2", "expected": None})
    with pytest.raises(Conflict):
        client.put(label, {"to": "2", "expected": second["digest"]})
    assert client.put(label, {"to": "2", "expected": first["digest"]})["digest"] == second["digest"]
    assert client.put(label, {"to": first["digest"]})["digest"] == first["digest"]


@pytest.mark.parametrize("label", ["latest", "7", "Not%20a%20name"])
def test_some_labels_cannot_be_given(project: Project, label: str) -> None:
    project.client.post("/artifacts/prompt/greeting", prompt_of("Hi."))
    with pytest.raises(InputError):
        project.client.put(f"/artifacts/prompt/greeting/labels/{label}", {"to": "1"})
