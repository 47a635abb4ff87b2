"""Retention and erasure over HTTP."""

import pytest

from tests.live import Project
from tests.telemetry.sending import request, span, trace_id
from windlass.errors import InputError, NotFound


def test_a_policy_is_read_set_and_applied(project: Project) -> None:
    # Spans of 2026 are old by no clock on which this runs, so one of long ago is sent as well.
    old, new = span(1, 1, start_ns=10**18), span(2, 1)
    project.live.services.writer.write_spans(project.name, request(old, new))
    assert project.client.get("/retention") == {
        "policy": {"max_age_days": None, "max_traces": None, "keep_runs": True},
        "updated": None,
        "by": "",
    }
    set_ = project.client.put("/retention", {"max_age_days": 2000, "max_traces": 1, "reason": "ticket 7"})
    assert (set_["policy"], set_["by"]) == (
        {"max_age_days": 2000, "max_traces": 1, "keep_runs": True},
        "key:a-admin",
    )
    assert project.client.post("/retention/dry-run", {})["clearing"] == 1
    other = {"policy": {"max_age_days": None, "max_traces": None}}
    assert project.client.post("/retention/dry-run", other)["clearing"] == 0
    rows = project.client.post("/retention/apply", {})["rows"]
    assert {table: count for table, count in rows.items() if count} == {"spans": 1, "traces": 1}
    assert [item["trace_id"] for item in project.client.get("/traces")["items"]] == [trace_id(2)]
    actions = [(entry["action"], entry["reason"]) for entry in project.client.get("/audit")["items"]]
    assert actions[:2] == [("retention:apply", ""), ("retention:change", "ticket 7")]
    with pytest.raises(InputError, match=r"body\.max_age_days"):
        project.client.put("/retention", {"max_age_days": 0})


def test_an_erasure_answers_what_is_gone_and_that_nothing_is_left(project: Project) -> None:
    project.client.send_traces(request(span(1, 1, attributes={"user.id": "ada"}), span(2, 1)).SerializeToString())
    body = {"subject": {"kind": "user", "id": "ada"}, "wait_s": 60}
    dry = project.client.post("/erasures", {**body, "dry_run": True})
    assert (dry["traces"], dry["rows"]["spans"], dry["left"]["spans"]) == (1, 1, 1)
    done = project.client.post("/erasures", {**body, "reason": "ticket 8"})
    assert (done["traces"], done["rows"]["spans"], done["left"]["spans"]) == (1, 1, 0)
    assert [item["trace_id"] for item in project.client.get("/traces")["items"]] == [trace_id(2)]
    entry = project.client.get("/audit")["items"][0]
    assert (entry["resource"], entry["reason"]) == (f"erasure/{done['id']}", "ticket 8")
    assert entry["details"]["subject"] == done["subject"] == dry["subject"]


@pytest.mark.parametrize(
    "body",
    [
        {"subject": {"kind": "trace", "id": "abc"}},
        {"subject": {"kind": "user", "id": ""}},
        {"subject": {"kind": "everybody", "id": "x"}},
        {"subject": {"kind": "user", "id": "ada"}, "reason": "ada asked for it"},
        {},
        *({"subject": {"kind": "user", "id": "ada"}, "wait_s": wait} for wait in (-1, 61, "long", None)),
    ],
    ids=str,
)
def test_an_erasure_of_nobody_in_particular_or_after_a_wait_that_is_none_is_refused(
    project: Project, body: dict[str, object]
) -> None:
    with pytest.raises(InputError):
        project.client.post("/erasures", body)


@pytest.mark.parametrize("role", ["viewer", "editor", "application"])
def test_only_an_admin_erases(project: Project, role: str) -> None:
    with project.http(project.key_of(role)) as http:  # type: ignore[arg-type]  # from the list above
        answer = http.post("/api/v1/erasures", json={"subject": {"kind": "user", "id": "ada"}})
    assert answer.status_code == 403


def test_an_erasure_that_takes_longer_than_one_waits_goes_on_and_is_asked_for(project: Project) -> None:
    project.send_traces(request(span(1, 1, attributes={"user.id": "ada"})).SerializeToString())
    body = {"subject": {"kind": "user", "id": "ada"}, "reason": "ticket 8", "wait_s": 0}
    with project.http() as http:
        answer = http.post("/api/v1/erasures", json=body)
    begun = answer.json()
    assert (answer.status_code, begun["dry_run"], begun["finished"]) == (202, False, None)
    assert (begun["by"], begun["reason"], begun["kind"]) == ("key:a-admin", "ticket 8", "user")
    project.live.services.jobs.wait(begun["id"])
    ended = project.client.get(f"/erasures/{begun['id']}")
    assert (ended["state"], ended["error"], ended["traces"], ended["left"]["spans"]) == ("finished", None, 1, 0)
    assert ended["created"] <= ended["started"] <= ended["finished"]
    (entry,) = project.client.get("/audit", action="erasure:create")["items"]
    assert (entry["principal"], entry["resource"]) == ("key:a-admin", f"erasure/{begun['id']}")
    assert '"ada"' not in str(ended)


def test_erasures_are_listed_page_by_page_of_their_project_alone(project: Project) -> None:
    subjects = ({"kind": "trace", "id": trace_id(number)} for number in (1, 2, 3))
    made = [project.client.post("/erasures", {"subject": each, "wait_s": 60})["id"] for each in subjects]
    first = project.client.get("/erasures", limit=2)
    second = project.client.get("/erasures", limit=2, cursor=first["next"])
    assert [each["id"] for each in first["items"] + second["items"]] == made[::-1]
    assert second["next"] is None
    with pytest.raises(InputError, match="'x' is no cursor of this list"):
        project.client.get("/erasures", cursor="x")
    other = Project(project.live, f"{project.name}-other")
    with pytest.raises(NotFound, match=f"There is no erasure '{made[0]}' in the project '{other.name}'"):
        other.client.get(f"/erasures/{made[0]}")
    assert other.client.get("/erasures") == {"items": [], "next": None}
    other.close()
    with project.http(project.key_of("editor")) as http:
        for path in ("", f"/{made[0]}"):
            assert http.get(f"/api/v1/erasures{path}").status_code == 403


def test_an_erasure_that_fails_within_the_wait_is_answered_as_unavailable(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending = span(1, 1, attributes={"user.id": "ada"})
    writer = project.live.services.writer
    flush = writer.flush

    def receive() -> None:
        writer.write_spans(project.name, request(sending))
        flush()

    monkeypatch.setattr(writer, "flush", receive)
    with project.http() as http:
        body = {"subject": {"kind": "user", "id": "ada"}, "wait_s": 60}
        answer = http.post("/api/v1/erasures", json=body, timeout=60)
    assert answer.status_code == 503
    sentence = (
        "Spans of what is to be erased keep coming in: stop what sends them, then erase again. Left are 2 rows."
    )
    assert answer.json()["detail"] == sentence
    (failed,) = project.client.get("/erasures")["items"]
    assert (failed["state"], failed["error"]) == ("failed", sentence)
    assert failed["finished"] is not None
    assert project.client.get("/audit", action="erasure:create")["items"] == []
