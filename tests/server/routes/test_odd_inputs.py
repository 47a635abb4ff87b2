"""Odd but possible telemetry over HTTP: it is taken or refused, and all that reads it afterwards answers."""

import json

from tests.live import Project
from tests.telemetry.otlp_signals import gauge, logs, metrics, number, record
from tests.telemetry.sending import Plain, request, span, trace_id

LAST_NS = 2**63 - 1
PROTOBUF = {"content-type": "application/x-protobuf"}
ALWAYS = {"from": "0001-01-01T00:00:00Z", "to": "9999-12-31T23:59:59Z"}
LISTS = ("/traces", "/spans", "/events", "/sessions", "/users", "/scores")


def test_odd_spans_are_read_exported_and_erased(project: Project) -> None:
    mine: dict[str, Plain] = {"user.id": "ada", "gen_ai.conversation.id": "talk", "gen_ai.operation.name": "chat"}
    strange: dict[str, Plain] = {
        **mine,
        "nul\0": "\0",
        "": "no name",
        "nan": float("nan"),
        "windlass.cost_usd": float("inf"),
        "gen_ai.usage.input_tokens": -(2**63),
        "gen_ai.input.messages": '{"a":' * 300 + "1" + "}" * 300,
        "gen_ai.output.messages": '[{"role": "assistant", "parts": [{"type": "text", "content": null}]}]',
        "output.value": '"\\ud800"',
        "gen_ai.response.finish_reasons": ["", ",", "a,b"],
    }
    spans = [
        span(1, 1, start_ns=1, duration_ns=LAST_NS - 1, attributes=mine),
        span(2, 1, start_ns=LAST_NS, duration_ns=-1000, attributes=mine),
        span(3, 3, parent=3, name="its own parent", attributes=mine),
        span(4, 1, parent=99, name="x" * 70_000, attributes=strange),
        span(5, 1, name="twice", attributes=mine),
        span(5, 1, name="twice", attributes=mine),
    ]
    services = project.live.services
    services.writer.write_spans(f"{project.name}-other", request(spans[4]))
    project.send_traces(request(*spans).SerializeToString())
    with project.http() as http:
        events = logs(record(4, 1, time_ns=LAST_NS, body="\0", said={"\0": "\0"}), record(0, 0, time_ns=1))
        http.post("/v1/logs", content=events.SerializeToString(), headers=PROTOBUF).raise_for_status()
        points = metrics(gauge(number(-1e308, time_ns=1), number(1e308, time_ns=LAST_NS)))
        http.post("/v1/metrics", content=points.SerializeToString(), headers=PROTOBUF).raise_for_status()

        counts = {path: len(http.get(f"/api/v1{path}").raise_for_status().json()["items"]) for path in LISTS}
        assert counts == {"/traces": 5, "/spans": 5, "/events": 2, "/sessions": 1, "/users": 1, "/scores": 0}
        for path in ("/traces", "/spans", "/graph", "/charts", "/events"):
            http.get(f"/api/v1{path}", params=ALWAYS).raise_for_status()
        http.get("/api/v1/metrics", params={**ALWAYS, "name": "load"}).raise_for_status()
        for trace in range(1, 6):
            for part in ("", "/spans", "/graph"):
                http.get(f"/api/v1/traces/{trace_id(trace)}{part}").raise_for_status()
        for data_format in ("jsonl", "parquet", "otlp", "otlp-protobuf"):
            sent = http.get("/api/v1/traces/export", params={"format": data_format}).raise_for_status()
            if data_format == "otlp":
                for line in sent.content.splitlines():
                    again = http.post("/v1/traces", content=line, headers={"content-type": "application/json"})
                    assert json.loads(again.raise_for_status().content) == {}
        services.writer.flush()
        assert len(http.get("/api/v1/spans").json()["items"]) == 5

        ada = {"subject": {"kind": "user", "id": "ada"}, "reason": "asked for", "wait_s": 60}
        http.post("/api/v1/erasures", json=ada).raise_for_status()
        assert http.get("/api/v1/spans").json()["items"] == []
        assert [event["time"] for event in http.get("/api/v1/events").json()["items"]] == ["1970-01-01T00:00:00Z"]
    (row,) = services.warehouse.query(
        "SELECT count() AS n FROM spans WHERE project = {project:String}", {"project": f"{project.name}-other"}
    )
    assert row["n"] == 1
    assert services.writer.refused == 0
