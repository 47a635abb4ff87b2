"""Retention and erasure over HTTP."""

import pytest

from tests.live import Project
from tests.telemetry.sending import request, span, trace_id
from windlass.errors import InputError


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
    body = {"subject": {"kind": "user", "id": "ada"}}
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
    ],
    ids=str,
)
def test_an_erasure_of_nobody_in_particular_is_refused(project: Project, body: dict[str, object]) -> None:
    with pytest.raises(InputError):
        project.client.post("/erasures", body)


@pytest.mark.parametrize("role", ["viewer", "editor", "application"])
def test_only_an_admin_erases(project: Project, role: str) -> None:
    with project.http(project.key_of(role)) as http:  # type: ignore[arg-type]  # from the list above
        answer = http.post("/api/v1/erasures", json={"subject": {"kind": "user", "id": "ada"}})
    assert answer.status_code == 403
