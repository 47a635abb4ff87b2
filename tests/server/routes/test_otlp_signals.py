"""Logs and metrics over real HTTP, every content encoding, every way to send a key, and the limits."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from tests.live import LiveServer, Project, http_client
from tests.telemetry.otlp.test_bodies import COMPRESS
from tests.telemetry.otlp_signals import (
    counted,
    exemplar,
    gauge,
    histogram,
    logs,
    metrics,
    number,
    record,
    summary,
    total,
)
from tests.telemetry.sending import START_NS, Plain, request, span, trace_id

PROTOBUF = {"content-type": "application/x-protobuf"}
JSON = {"content-type": "application/json"}
LANGFUSE = "/api/public/otel/v1/traces"
RANGE = {"from": "2026-09-21T00:00:00Z", "to": "2026-09-22T00:00:00Z"}
"""Around START_NS."""


@pytest.fixture
def http(project: Project) -> Iterator[httpx2.Client]:
    with project.http() as client:
        yield client


def store(project: Project, message: Any) -> None:
    """Store spans so that they can be read at once."""
    project.live.services.writer.write_spans(project.name, message)


def test_events_are_on_disk_when_they_are_answered_and_show_on_their_span(
    http: httpx2.Client, project: Project
) -> None:
    store(project, request(span(1, 1)))
    sent = logs(record(1, 1, body={"content": "Hello."}), record(1, 0, event="of the trace"), record(0, 0))
    answer = http.post("/v1/logs", content=sent.SerializeToString(), headers=PROTOBUF)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-protobuf")
    assert ExportLogsServiceResponse.FromString(answer.content) == ExportLogsServiceResponse()

    trace = project.client.get(f"/traces/{trace_id()}")
    assert [(event["name"], event["body"]) for event in trace["spans"][0]["events"]] == [
        ("gen_ai.user.message", {"content": "Hello."})
    ]
    assert [event["name"] for event in trace["events"]] == ["of the trace"]
    assert len(project.client.get("/events")["items"]) == 3
    assert len(project.client.get("/events", name="of the trace")["items"]) == 1
    assert project.client.get("/events", to="2020-01-01T00:00:00Z")["items"] == []
    first = project.client.get("/events", limit=2)
    second = project.client.get("/events", limit=2, cursor=first["next"])
    assert [len(first["items"]), len(second["items"]), second["next"]] == [2, 1, None]


def test_the_result_of_an_evaluation_is_a_score_of_the_trace(http: httpx2.Client, project: Project) -> None:
    store(project, request(span(1, 1)))
    said: dict[str, Plain] = {"gen_ai.evaluation.name": "relevance", "gen_ai.evaluation.score.value": 0.5}
    sent = logs(record(1, 1, event="gen_ai.evaluation.result", said=said))
    http.post("/v1/logs", content=sent.SerializeToString(), headers=PROTOBUF).raise_for_status()
    (score,) = project.client.get(f"/traces/{trace_id()}")["scores"]
    assert (score["name"], score["value"], score["source"], score["author"]) == (
        "relevance",
        0.5,
        "code",
        "key:a-admin",
    )


def test_summaries_and_exemplars_are_answered_with_their_metric(http: httpx2.Client, project: Project) -> None:
    slow = counted([0, 1, 0], total_of=1.5)
    slow.exemplars.append(exemplar(1.5, 7, 8))
    sent = metrics(histogram(slow), summary({0.5: 0.25}, count=4, start_ns=START_NS, model="m1"))
    http.post("/v1/metrics", content=sent.SerializeToString(), headers=PROTOBUF).raise_for_status()
    (group,) = project.client.get("/metrics", name="duration", **RANGE)["items"]
    (found,) = group["exemplars"]
    assert (found["value"], found["trace_id"], found["span_id"]) == (1.5, trace_id(7), f"{8:016x}")
    (group,) = project.client.get("/metrics", name="latency", **RANGE)["items"]
    assert (group["kind"], group["count"]) == ("summary", 4)
    (said,) = group["summaries"]
    assert (said["quantiles"], said["attributes"]) == ({"0.5": 0.25}, {"model": "m1"})


def test_the_result_of_an_evaluation_among_the_events_of_a_span_is_a_score_masked_as_the_span_is(
    http: httpx2.Client, project: Project
) -> None:
    http.put("/api/v1/masking", json={"rules": {"detectors": ["email"]}}).raise_for_status()
    judged = span(1, 1)
    said: dict[str, Plain] = {
        "gen_ai.evaluation.name": "relevance",
        "gen_ai.evaluation.score.value": 0.5,
        "gen_ai.evaluation.explanation": "Says ada@example.com.",
    }
    judged.events.add(name="gen_ai.evaluation.result").attributes.extend(span(attributes=said).attributes)
    body = request(judged).SerializeToString()
    for _ in range(2):
        http.post("/v1/traces", content=body, headers=PROTOBUF).raise_for_status()
    (score,) = project.client.get("/scores", trace_id=trace_id())["items"]
    assert (score["name"], score["value"], score["span_id"], score["author"]) == (
        "relevance",
        0.5,
        f"{1:016x}",
        "key:a-admin",
    )
    assert score["explanation"].startswith("Says ")
    assert "ada@example.com" not in score["explanation"]


def test_metrics_are_on_disk_when_they_are_answered_and_can_be_asked_for(
    http: httpx2.Client, project: Project
) -> None:
    sent = metrics(
        total(number(5, model="m1"), number(7, model="m2"), name="gen_ai.client.token.usage"),
        histogram(counted([0, 4, 0], total_of=6.0), name="gen_ai.server.request.duration"),
    )
    answer = http.post("/v1/metrics", content=sent.SerializeToString(), headers=PROTOBUF)
    assert (answer.status_code, answer.content) == (200, b"")
    names = project.client.get("/metrics/names")["items"]
    assert [name["name"] for name in names] == ["gen_ai.client.token.usage", "gen_ai.server.request.duration"]
    items = project.client.get("/metrics", name="gen_ai.client.token.usage", group_by="model", **RANGE)["items"]
    assert [(item["attributes"], item["value"]) for item in items] == [
        ({"model": "m1"}, 5.0),
        ({"model": "m2"}, 7.0),
    ]
    (item,) = project.client.get("/metrics", name="gen_ai.server.request.duration", **RANGE)["items"]
    assert (item["count"], item["sum"], item["estimated_quantiles"]["0.5"]) == (4, 6.0, 1.5)
    # Without a time range it is the last day, in which nothing came.
    assert project.client.get("/metrics", name="gen_ai.server.request.duration")["items"] == []
    assert http.get("/api/v1/metrics").status_code == 422
    extremes = {"name": "x", "from": "0001-01-01T00:00:00Z", "to": "0001-01-01T00:00:00Z"}
    assert http.get("/api/v1/metrics", params=extremes).json() == {"items": []}
    assert http.get("/api/v1/metrics", params={"name": "x", "to": "0001-01-01T00:00:00"}).status_code == 200


@pytest.mark.parametrize("encoding", COMPRESS)
@pytest.mark.parametrize("path", ["/v1/traces", "/v1/logs", "/v1/metrics", LANGFUSE])
def test_every_signal_is_taken_in_every_encoding(http: httpx2.Client, path: str, encoding: str) -> None:
    message = {"/v1/logs": logs(record()), "/v1/metrics": metrics(gauge(number(1.0)))}.get(path, request(span()))
    body = COMPRESS[encoding](message.SerializeToString())
    answer = http.post(path, content=body, headers={**PROTOBUF, "content-encoding": encoding})
    assert (answer.status_code, answer.content) == (200, b"")
    cut_off = http.post(path, content=body[:-3], headers={**PROTOBUF, "content-encoding": encoding})
    assert (cut_off.status_code, "cut off on its way" in cut_off.json()["detail"]) == (422, True)


def test_a_zstd_bomb_is_413(live: LiveServer, project: Project) -> None:
    bomb = COMPRESS["zstd"](bytes(64 * 2**20))
    assert len(bomb) < 10_000
    with http_client(live.with_settings(max_body_mb=1), x_api_key=project.key) as http:
        answer = http.post("/v1/logs", content=bomb, headers={**PROTOBUF, "content-encoding": "zstd"})
    assert (answer.status_code, "inflates to more than the limit" in answer.json()["detail"]) == (413, True)


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/v1/logs", {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": "x"}}]}]}]}),
        (
            "/v1/metrics",
            {"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"gauge": {"dataPoints": [{"asInt": "1"}]}}]}]}]},
        ),
    ],
)
def test_json_is_answered_in_json_with_what_was_rejected(
    http: httpx2.Client, path: str, document: dict[str, Any]
) -> None:
    answer = http.post(path, content=json.dumps(document), headers=JSON)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    partial = answer.json()["partialSuccess"]
    assert partial.get("rejectedLogRecords", partial.get("rejectedDataPoints")) == "1"
    assert "rejected: 1 with no" in partial["errorMessage"] or "neither a time" in partial["errorMessage"]


def test_limits_are_settings(live: LiveServer, project: Project) -> None:
    url = live.with_settings(max_batch_items=2, max_attributes=3, max_attribute_kb=1, max_attribute_depth=1)
    many = {f"a{place}": place for place in range(4)}
    sent = request(
        span(1, 1, attributes=many),
        span(1, 2, long="x" * 1025),
        span(1, 3, deep=[["x"]]),
        span(1, 4),
        span(1, 5),
        span(1, 6),
    )
    with http_client(url, x_api_key=project.key) as http:
        answer = http.post("/v1/traces", content=sent.SerializeToString(), headers=PROTOBUF)
    partial = ExportTraceServiceResponse.FromString(answer.content).partial_success
    assert partial.rejected_spans == 4
    for reason in (
        "1 with more than 3 attributes",
        "1 with an attribute of more than 1024 bytes",
        "1 with an attribute nested deeper than 1",
        "1 with a place after the first 2",
    ):
        assert reason in partial.error_message


def basic(user: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def test_a_key_is_taken_in_basic_authentication_as_either_word(live: LiveServer, project: Project) -> None:
    body = request(span(8)).SerializeToString()
    url = live.with_settings(mode="server")
    with http_client(url) as http:
        for headers in (
            basic("pk-lf-public", project.key),
            basic(project.key, ""),
            basic(project.key, "unused"),
            {"authorization": f"bearer {project.key}"},
            {"x-api-key": project.key},
        ):
            answer = http.post(LANGFUSE, content=body, headers={**PROTOBUF, **headers})
            assert answer.status_code == 200, answer.text
        for headers in (
            basic("pk-lf-public", "sk-lf-secret"),
            basic("", ""),
            {"authorization": "Basic"},
            {"authorization": "Basic not base64!"},
            {"authorization": "Basic " + base64.b64encode(b"\xff\xfe").decode()},
            {},
        ):
            answer = http.post(LANGFUSE, content=body, headers={**PROTOBUF, **headers})
            assert answer.status_code == 401, headers


def test_the_project_comes_from_the_key(live: LiveServer, project: Project) -> None:
    other = Project(live, f"{project.name}-other")
    sent = metrics(gauge(number(1.0, time_ns=START_NS)))
    with http_client(live.url, **basic("pk", other.key)) as http:
        http.post("/v1/metrics", content=sent.SerializeToString(), headers=PROTOBUF).raise_for_status()
    assert len(other.client.get("/metrics/names")["items"]) == 1
    assert project.client.get("/metrics/names")["items"] == []
    other.close()


def test_what_is_rejected_of_metrics_is_told_in_protobuf(http: httpx2.Client) -> None:
    wrong = metrics(gauge(number(1.0, time_ns=0)))
    answer = http.post("/v1/metrics", content=wrong.SerializeToString(), headers=PROTOBUF)
    partial = ExportMetricsServiceResponse.FromString(answer.content).partial_success
    assert (partial.rejected_data_points, partial.error_message) == (1, "Data points rejected: 1 with no time.")
