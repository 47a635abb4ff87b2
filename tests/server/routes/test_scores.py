from typing import Any

import pytest

from tests.live import Project
from tests.telemetry.sending import trace_id
from windlass.client import Client
from windlass.errors import Conflict, Denied, InputError, NotFound

GOOD = {"trace_id": trace_id(1), "name": "good", "value": 1}


def post(client: Client, *scores: dict[str, object]) -> list[str]:
    ids: list[str] = client.post("/scores", {"items": list(scores)})["ids"]
    return ids


def listed(project: Project, **query: object) -> list[dict[str, Any]]:
    return list(project.client.pages("/scores", limit=2, **query))


def as_role(project: Project, role: Any) -> Client:
    return Client(project.live.url, project.key_of(role))


@pytest.mark.parametrize(
    ("sent", "value", "label"),
    [(0.25, 0.25, ""), (3, 3.0, ""), (True, 1.0, "true"), (False, 0.0, "false"), ("bad", None, "bad")],
)
def test_a_value_is_a_number_yes_or_no_or_a_category(
    project: Project, sent: object, value: float | None, label: str
) -> None:
    post(project.client, {**GOOD, "value": sent})
    (found,) = listed(project)
    assert (found["value"], found["label"]) == (value, label)


def test_traces_spans_and_sessions_are_scored(project: Project) -> None:
    span = {**GOOD, "span_id": "00000000000000ab"}
    session = {"conversation": "c1", "name": "good", "value": 0}
    post(project.client, GOOD, span, session)

    assert len(listed(project)) == 3
    assert [score["conversation"] for score in listed(project, conversation="c1")] == ["c1"]
    assert [score["trace_id"] for score in listed(project, span="00000000000000ab")] == [trace_id(1)]
    assert len(listed(project, trace=trace_id(1))) == 2
    for nothing in ({"name": "good", "value": 1}, {"name": "good", "value": 1, "span_id": "00000000000000ab"}):
        with pytest.raises(InputError, match="needs the trace_id or the conversation"):
            post(project.client, nothing)


def test_the_same_id_is_the_same_score_and_other_ids_are_others(project: Project) -> None:
    for value in (0.1, 0.2):
        post(project.client, {**GOOD, "id": "mine", "value": value})
    post(project.client, {**GOOD, "id": "another", "value": 0.3}, {**GOOD, "value": 0.4}, {**GOOD, "value": 0.5})

    assert sorted(score["value"] for score in listed(project)) == [0.2, 0.3, 0.5]


def test_an_id_of_another_score_is_a_conflict_and_stores_nothing(project: Project) -> None:
    post(project.client, {**GOOD, "id": "mine"})
    with pytest.raises(Conflict, match="is that of the score 'good'"):
        post(project.client, {**GOOD, "name": "new"}, {**GOOD, "id": "mine", "name": "better"})
    with as_role(project, "application") as other, pytest.raises(Conflict, match="somebody else's"):
        post(other, {**GOOD, "id": "mine", "value": 0})
    assert [(score["name"], score["value"]) for score in listed(project)] == [("good", 1.0)]


def test_an_application_posts_its_users_thumbs_beside_each_other(project: Project) -> None:
    thumb = {"trace_id": trace_id(1), "name": "user_feedback", "source": "human"}
    with as_role(project, "application") as application:
        post(application, {**thumb, "value": 1, "author": "ada", "explanation": "Thanks!"})
        post(application, {**thumb, "value": 0, "author": "bob"})
        post(application, {**thumb, "value": 0, "author": "ada"})
        with pytest.raises(Denied, match="has the role application"):
            application.get("/scores")

    found = {score["author"]: score for score in listed(project, name="user_feedback", source="human")}
    assert {author: score["value"] for author, score in found.items()} == {"ada": 0.0, "bob": 0.0}
    assert {score["sender"] for score in found.values()} == {"key:a-application"}


def test_nobody_replaces_a_person_s_score_by_using_their_name(project: Project) -> None:
    human = {**GOOD, "source": "human"}
    post(project.client, human)
    with as_role(project, "application") as application:
        post(application, {**human, "value": 0, "author": "key:a-admin"})

    assert sorted((score["sender"], score["value"]) for score in listed(project)) == [
        ("key:a-admin", 1.0),
        ("key:a-application", 0.0),
    ]


def test_scores_are_listed_newest_first_page_by_page(project: Project) -> None:
    times = [f"2026-01-0{day}T00:00:00Z" for day in (2, 1, 3, 1, 2)]
    post(project.client, *({**GOOD, "id": f"s{n}", "name": f"n{n}", "time": time} for n, time in enumerate(times)))

    assert [score["id"] for score in listed(project)] == ["s2", "s4", "s0", "s3", "s1"]
    day = {"from": "2026-01-02T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
    assert [score["id"] for score in listed(project, **day)] == ["s4", "s0"]
    with pytest.raises(InputError, match="cursor 'x' is damaged"):
        project.client.get("/scores", cursor="x")


def test_a_score_is_deleted_by_who_sent_it_or_an_admin_and_that_is_audited(project: Project) -> None:
    with as_role(project, "application") as application, as_role(project, "editor") as editor:
        first, second = post(application, GOOD, {**GOOD, "id": "theirs", "name": "better"})
        with pytest.raises(Denied, match="is of key:a-application; they or an admin may delete it"):
            editor.delete(f"/scores/{first}")
        application.delete(f"/scores/{first}")
    assert [score["id"] for score in listed(project)] == ["theirs"]
    project.client.delete(f"/scores/{second}")

    assert listed(project) == []
    with pytest.raises(NotFound, match="There is no score 'theirs'"):
        project.client.delete("/scores/theirs")
    deleted = [
        entry["resource"] for entry in project.client.get("/audit")["items"] if entry["action"] == "score:delete"
    ]
    assert deleted == ["score/theirs", f"score/{first}"]
    post(project.client, {**GOOD, "id": "theirs", "name": "better"})
    assert [score["id"] for score in listed(project)] == ["theirs"]
