"""OTLP over real HTTP: what is taken, and what each wrong body is answered."""

import copy
import gzip
import json
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import httpx2
import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from tests.live import LiveServer, Project, http_client
from tests.telemetry.sending import request, span, trace_id
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.writer import Writer

PROTOBUF = {"content-type": "application/x-protobuf"}
JSON = {"content-type": "application/json"}

JSON_REQUEST = {
    "resourceSpans": [
        {
            "scopeSpans": [
                {
                    "spans": [
                        {
                            "traceId": trace_id(7),
                            "spanId": "00000000000000aa",
                            "name": "from json",
                            "startTimeUnixNano": "1790000000000000000",
                            "endTimeUnixNano": "1790000000001000000",
                        }
                    ]
                }
            ]
        }
    ]
}


@pytest.fixture
def http(project: Project) -> Iterator[httpx2.Client]:
    with project.http() as client:
        yield client


def body_of(*numbers: int) -> bytes:
    body: bytes = request(*(span(1, number) for number in numbers)).SerializeToString()
    return body


def span_count(project: Project, trace: int = 1) -> int:
    project.live.services.writer.flush()
    return len(project.client.get(f"/traces/{trace_id(trace)}")["spans"])


def test_protobuf_is_on_disk_when_it_is_answered(http: httpx2.Client, project: Project) -> None:
    answer = http.post("/v1/traces", content=body_of(1, 2), headers=PROTOBUF)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-protobuf")
    assert ExportTraceServiceResponse.FromString(answer.content) == ExportTraceServiceResponse()
    assert span_count(project) == 2


def test_json_is_answered_in_json(http: httpx2.Client, project: Project) -> None:
    answer = http.post("/v1/traces", content=json.dumps(JSON_REQUEST), headers=JSON)
    assert (answer.status_code, answer.headers["content-type"], answer.json()) == (200, "application/json", {})
    project.live.services.writer.flush()
    assert project.client.get(f"/traces/{trace_id(7)}")["name"] == "from json"


@pytest.mark.parametrize("kind", [PROTOBUF, JSON], ids=["protobuf", "json"])
def test_gzip_is_inflated(http: httpx2.Client, project: Project, kind: dict[str, str]) -> None:
    body = body_of(1) if kind is PROTOBUF else json.dumps(JSON_REQUEST).encode()
    answer = http.post("/v1/traces", content=gzip.compress(body), headers={**kind, "content-encoding": "gzip"})
    assert answer.status_code == 200
    assert span_count(project, 1 if kind is PROTOBUF else 7) == 1


def test_the_exporter_of_the_opentelemetry_sdk_delivers(project: Project) -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    exporter = OTLPSpanExporter(f"{project.live.url}/v1/traces", headers={"x-api-key": project.key})
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with provider.get_tracer("shop").start_as_current_span("buy") as bought:
        found = format(bought.get_span_context().trace_id, "032x")
    provider.shutdown()
    project.live.services.writer.flush()
    assert project.client.get(f"/traces/{found}")["name"] == "buy"


def test_an_empty_request_is_taken(http: httpx2.Client) -> None:
    assert http.post("/v1/traces", content=b"", headers=PROTOBUF).status_code == 200


@pytest.mark.parametrize(
    ("body", "headers", "status", "sentence"),
    [
        (body_of(1)[:-3], PROTOBUF, 422, "The body is not an OTLP ExportTraceServiceRequest in protobuf"),
        (b"{", JSON, 422, "The body is not JSON"),
        (b"[]", JSON, 422, "JSON of one is an object with 'resourceSpans'"),
        (b'{"resourceSpans": 1}', JSON, 422, "resourceSpans is not a list"),
        (gzip.compress(body_of(1))[:-9], {**PROTOBUF, "content-encoding": "gzip"}, 422, "cut off on its way"),
        (body_of(1), {**PROTOBUF, "content-encoding": "gzip"}, 422, "not the gzip that its content encoding says"),
        (body_of(1), {"content-type": "text/plain"}, 415, "The content type 'text/plain' is not read here"),
        (body_of(1), {}, 415, "The content type '' is not read here"),
        (body_of(1), {**PROTOBUF, "content-encoding": "br"}, 415, "The content encoding 'br' is not read here"),
    ],
    ids=["truncated", "no json", "no object", "no list", "truncated gzip", "no gzip", "text", "untyped", "brotli"],
)
def test_what_cannot_be_read_is_one_sentence_and_stores_nothing(
    http: httpx2.Client, project: Project, body: bytes, headers: dict[str, str], status: int, sentence: str
) -> None:
    answer = http.post("/v1/traces", content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert sentence in answer.json()["detail"]
    assert project.client.get("/traces")["items"] == []


def test_a_gzip_bomb_is_413(live: LiveServer, project: Project) -> None:
    bomb = gzip.compress(bytes(8 * 2**20))
    assert len(bomb) < 10_000
    with http_client(live.with_settings(max_body_mb=1), x_api_key=project.key) as http:
        answer = http.post("/v1/traces", content=bomb, headers={**PROTOBUF, "content-encoding": "gzip"})
    assert (answer.status_code, answer.json()["title"]) == (413, "Too large")
    assert "inflates to more than the limit" in answer.json()["detail"]


@pytest.mark.parametrize("kind", [PROTOBUF, JSON], ids=["protobuf", "json"])
def test_spans_that_cannot_be_kept_are_counted_and_the_others_are_kept(
    http: httpx2.Client, project: Project, kind: dict[str, str]
) -> None:
    if kind is PROTOBUF:
        spans = [span(1, 1), span(0, 2), span(1, 3, start_ns=0)]
        answer = http.post("/v1/traces", content=request(*spans).SerializeToString(), headers=kind)
        partial = ExportTraceServiceResponse.FromString(answer.content).partial_success
        rejected, reason = partial.rejected_spans, partial.error_message
    else:
        wrong: dict[str, Any] = json.loads(json.dumps(JSON_REQUEST))
        spans_json = wrong["resourceSpans"][0]["scopeSpans"][0]["spans"]
        spans_json += [{**spans_json[0], "traceId": "00"}, {**spans_json[0], "spanId": ""}]
        answer = http.post("/v1/traces", content=json.dumps(wrong), headers=kind)
        told = answer.json()["partialSuccess"]
        rejected, reason = int(told["rejectedSpans"]), told["errorMessage"]
    assert (answer.status_code, rejected) == (200, 2)
    assert reason.startswith("Spans rejected: ")
    assert span_count(project, 1 if kind is PROTOBUF else 7) == 1


class HeldWarehouse:
    """A warehouse whose inserts wait until they are let go."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self.entered = threading.Event()
        self.let_go = threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._warehouse, name)

    def insert_protobuf_files(self, *arguments: Any) -> None:
        self.entered.set()
        self.let_go.wait(30)
        self._warehouse.insert_protobuf_files(*arguments)


def test_a_full_queue_is_503_with_when_to_come_back_and_loses_nothing(
    live: LiveServer, project: Project, tmp_path: Path
) -> None:
    held = HeldWarehouse(live.services.warehouse)
    services = copy.copy(live.services)
    services.writer = Writer(held, tmp_path / "spool", queue_bytes=1000, spool_bytes=1)  # type: ignore[arg-type]
    body = body_of(*range(1, 20))
    with live.beside(services) as url, http_client(url, x_api_key=project.key, **PROTOBUF) as http:
        assert http.post("/v1/traces", content=body).status_code == 200
        assert held.entered.wait(30)
        with ThreadPoolExecutor(2) as pool:
            # One of two fills the queue and waits, the other is refused.
            both = [pool.submit(http.post, "/v1/traces", content=body) for _ in range(2)]
            (first,), (waiting,) = wait(both, 30, FIRST_COMPLETED)
            refused = first.result()
            held.let_go.set()
            assert waiting.result().status_code == 200
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "1"
        assert "wait to be written" in refused.json()["detail"]
        assert http.post("/v1/traces", content=body_of(30)).status_code == 200
    services.writer.close()
    assert len(project.client.get(f"/traces/{trace_id(1)}")["spans"]) == 20


def test_an_application_key_may_send_and_a_viewer_may_not(project: Project) -> None:
    for role, status in (("application", 200), ("viewer", 403)):
        with project.http(project.key_of(role)) as http:  # type: ignore[arg-type]
            assert http.post("/v1/traces", content=body_of(1), headers=PROTOBUF).status_code == status
