"""Masking rules over HTTP: set, tried, applied, counted."""

import json
from typing import Any

import httpx2
import pytest

from tests.live import Project
from tests.telemetry.sending import attributes, request, span, trace_id
from windlass.client import Client
from windlass.errors import Conflict, Denied, InputError, NotFound

EMAIL: dict[str, Any] = {"detectors": ["email"]}


def await_trace(project: Project, number: int = 1) -> dict[str, Any]:
    """Return a trace that was exported; what was acknowledged can be read within a second."""
    project.live.services.writer.write_spans(project.name, request(span(99)))
    trace: dict[str, Any] = project.client.get(f"/traces/{trace_id(number)}")
    return trace


def test_rules_that_were_set_hold_for_what_arrives_and_are_counted(project: Project) -> None:
    assert project.client.get("/masking")["revision"] == 0
    project.client.put("/masking", {"rules": EMAIL, "reason": "GDPR"})
    project.client.send_traces(
        request(span(name="for ada@example.com", attributes={"to": "ada@example.com"})).SerializeToString()
    )

    stored = await_trace(project)["spans"][0]
    assert (stored["name"], stored["attributes"]) == ("for [email]", {"to": "[email]"})
    masking = project.client.get("/masking")
    assert [(masked["rule"], masked["count"]) for masked in masking["masked"]] == [("detector:email", 2)]
    assert (masking["revision"], masking["by"], masking["rules"]["detectors"]) == (1, "key:a-admin", ["email"])
    (entry,) = [e for e in project.client.get("/audit")["items"] if e["action"] == "masking:set"]
    assert (entry["reason"], entry["principal"]) == ("GDPR", "key:a-admin")


def test_json_is_masked_as_protobuf_is(project: Project) -> None:
    project.client.put("/masking", {"rules": EMAIL})
    sent = {
        "traceId": trace_id(1),
        "spanId": "00000000000000aa",
        "name": "for ada@example.com",
        "startTimeUnixNano": "1790000000000000000",
        "attributes": [{"key": "to", "value": {"arrayValue": {"values": [{"stringValue": "ada@example.com"}]}}}],
    }
    with project.http() as http:
        answer = http.post("/v1/traces", json={"resourceSpans": [{"scopeSpans": [{"spans": [sent]}]}]})
    assert answer.status_code == 200
    stored = await_trace(project)["spans"][0]
    assert (stored["name"], stored["attributes"]) == ("for [email]", {"to": ["[email]"]})


@pytest.mark.parametrize("role", ["viewer", "application", "editor"])
def test_only_an_admin_changes_rules(project: Project, role: Any) -> None:
    with Client(project.live.url, project.key_of(role)) as client:
        with pytest.raises(Denied, match="masking:change"):
            client.put("/masking", {"rules": {}})
        if role != "application":
            assert client.get("/masking")["revision"] == 0


def test_wrong_rules_are_refused_and_nothing_changes(project: Project) -> None:
    project.client.put("/masking", {"rules": EMAIL})
    for rules in (
        {"patterns": [{"name": "x", "pattern": "(?=x)"}]},
        {"detectors": ["shoe_size"]},
        {"drop": ["everything"]},
        {"unknown": 1},
    ):
        with pytest.raises(InputError, match=r"body\.rules"):
            project.client.put("/masking", {"rules": rules})
    with pytest.raises(Conflict):
        project.client.put("/masking", {"rules": {}, "expected": 7})
    assert project.client.get("/masking")["revision"] == 1


def test_a_dry_run_says_what_where_and_by_which_rule_and_stores_nothing(project: Project) -> None:
    rules = {**EMAIL, "attributes": [{"name": "*.password"}], "drop": ["input"]}
    text = project.client.post("/masking/dry-run", {"rules": rules, "text": "to ada@example.com"})
    assert text == {
        "text": "to [email]",
        "attributes": None,
        "findings": [{"rule": "detector:email", "place": "span: name", "count": 1}],
    }
    sample = {"user": {"password": "x", "mail": "ada@example.com"}, "input.value": "hello", "n": 1}
    tried = project.client.post("/masking/dry-run", {"rules": rules, "attributes": sample})
    assert tried["attributes"] == {"user": {"mail": "[email]"}, "n": 1}
    assert {(found["rule"], found["place"].partition(": ")[2]) for found in tried["findings"]} == {
        ("attribute:*.password", "user.password"),
        ("detector:email", "user.mail"),
        ("drop:input", "input.value"),
    }
    assert project.client.get("/masking")["masked"] == []


def test_a_dry_run_on_a_stored_trace_finds_what_is_in_it(project: Project) -> None:
    messages = json.dumps([{"role": "user", "parts": [{"type": "text", "content": "I am ada@example.com"}]}])
    sent = span(name="chat", attributes={"gen_ai.input.messages": messages})
    sent.events.add(name="retry", time_unix_nano=1).attributes.extend(attributes({"of": "ada@example.com"}))
    project.client.send_traces(request(sent, resource={"owner": "ada@example.com"}).SerializeToString())
    await_trace(project)

    tried = project.client.post("/masking/dry-run", {"rules": EMAIL, "trace_id": trace_id(1)})
    assert {found["place"] for found in tried["findings"]} == {
        "resource: owner",
        "span 0000000000000001: gen_ai.input.messages.parts.content",
        "span 0000000000000001 event: of",
    }
    dropped = project.client.post("/masking/dry-run", {"rules": {"drop": ["input"]}, "trace_id": trace_id(1)})
    assert [found["rule"] for found in dropped["findings"]] == ["drop:input"]
    with pytest.raises(NotFound):
        project.client.post("/masking/dry-run", {"trace_id": "f" * 32})


@pytest.mark.parametrize("sample", [{}, {"text": "a", "attributes": {}}])
def test_a_dry_run_is_of_one_thing(project: Project, sample: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="one of text, attributes and trace_id"):
        project.client.post("/masking/dry-run", sample)


def test_a_dry_run_without_rules_tries_those_that_hold(project: Project) -> None:
    project.client.put("/masking", {"rules": EMAIL})
    assert project.client.post("/masking/dry-run", {"text": "ada@example.com"})["text"] == "[email]"


def exported(http: httpx2.Client, body: bytes) -> int:
    return http.post("/v1/traces", content=body, headers={"content-type": "application/x-protobuf"}).status_code


def test_rules_of_one_project_are_nothing_to_another(project: Project) -> None:
    other = Project(project.live, f"{project.name}-other")
    project.client.put("/masking", {"rules": EMAIL})
    with other.http() as http:
        assert exported(http, request(span(name="ada@example.com")).SerializeToString()) == 200
        assert http.get("/api/v1/masking").json()["revision"] == 0
    assert await_trace(other)["name"] == "ada@example.com"
    other.close()
