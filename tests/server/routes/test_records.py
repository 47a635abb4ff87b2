"""Keys, the audit chain, scores and traces: what the routes add to the nouns below them."""

import pytest

from tests.live import Project
from tests.telemetry.sending import request, span, trace_id
from windlass.errors import InputError, NotFound


def test_a_key_is_shown_once(project: Project) -> None:
    made = project.client.post("/keys", {"name": "shop", "role": "application"})
    assert made["key"].startswith(f"wl_{made['id']}_")
    listed = {key["id"]: key for key in project.client.get("/keys")["items"]}[made["id"]]
    assert listed == {name: value for name, value in made.items() if name != "key"}
    project.client.delete(f"/keys/{made['id']}")
    assert {key["id"]: key for key in project.client.get("/keys")["items"]}[made["id"]]["revoked"] is not None
    with pytest.raises(NotFound, match="There is no live key"):
        project.client.delete(f"/keys/{made['id']}")


def test_the_audit_chain_is_listed_page_by_page_and_verified(project: Project) -> None:
    for number in range(3):
        project.push_release(instructions=str(number))
    entries = list(project.client.pages("/audit", limit=2))
    assert [entry["seq"] for entry in entries] == sorted((entry["seq"] for entry in entries), reverse=True)
    assert {entry["project"] for entry in entries} == {project.name}
    verification = project.client.get("/audit/verification")
    assert (verification["ok"], verification["problems"]) == (True, [])
    assert verification["head"]["hash"] == entries[0]["hash"]


def test_the_audit_chain_is_listed_by_action_and_page_by_page_too(project: Project) -> None:
    for number in range(3):
        project.push_release(instructions=str(number))
        project.client.post("/keys", {"name": "shop", "role": "viewer"})
    made = list(project.client.pages("/audit", action="key:create", limit=2))
    assert [entry["action"] for entry in made] == ["key:create"] * len(made)
    everything = list(project.client.pages("/audit"))
    assert [entry["seq"] for entry in made] == [e["seq"] for e in everything if e["action"] == "key:create"]
    assert len(made) >= 3
    assert project.client.get("/audit", action="erasure:create") == {"items": [], "next": None}
    with pytest.raises(InputError, match="action"):
        project.client.get("/audit", action="key:create' --")


def test_scores_are_on_the_trace_when_they_are_answered(project: Project) -> None:
    project.send_traces(request(span(1, 1)).SerializeToString())
    score = {"trace_id": trace_id(1), "name": "helpful", "value": 1, "source": "human", "explanation": "yes"}
    for value in (0.0, 1.0):
        assert project.client.post("/scores", {"items": [{**score, "value": value}]})["accepted"] == 1
    (found,) = project.client.get(f"/traces/{trace_id(1)}")["scores"]
    assert (found["value"], found["author"], found["explanation"]) == (1.0, "key:a-admin", "yes")
    assert project.client.get("/traces")["items"][0]["scores"] == [{"name": "helpful", "value": 1.0, "label": ""}]


@pytest.mark.parametrize(
    "change",
    [{"trace_id": "nonsense"}, {"trace_id": ""}, {"value": ["high"]}, {"source": "oracle"}, {"name": ""}],
    ids=str,
)
def test_of_scores_with_a_wrong_one_none_is_stored(project: Project, change: dict[str, object]) -> None:
    project.send_traces(request(span(1, 1)).SerializeToString())
    score = {"trace_id": trace_id(1), "name": "helpful", "value": 1, "source": "human"}
    with pytest.raises(InputError, match=r"body\.items\.1[.:]"):
        project.client.post("/scores", {"items": [score, {**score, **change}]})
    assert project.client.get(f"/traces/{trace_id(1)}")["scores"] == []


def test_traces_are_listed_and_filtered(project: Project) -> None:
    spans = [
        span(
            1, 1, name="first", attributes={"windlass.release": "sha256:a", "windlass.environment": "production"}
        ),
        span(2, 1, name="second", error=True, start_ns=1_790_000_001_000_000_000),
    ]
    project.send_traces(request(*spans).SerializeToString())

    def names(**query: object) -> list[str]:
        return [trace["name"] for trace in project.client.pages("/traces", limit=1, **query)]

    assert names() == ["second", "first"]
    assert names(status="error") == ["second"]
    assert names(release="sha256:a") == names(environment="production") == names(q="FIRST") == ["first"]
    assert names(**{"from": "2126-01-01T00:00:00Z"}) == []
    with pytest.raises(InputError, match=r"query\.status"):
        names(status="unset")
    with pytest.raises(NotFound, match=f"There is no trace {trace_id(9)} in this project"):
        project.client.get(f"/traces/{trace_id(9)}")
