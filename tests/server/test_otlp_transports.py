"""OTLP by every transport: three signals by the OpenTelemetry SDK's own exporters, and what gRPC answers."""

import copy
import gzip
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import grpc
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogs
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetrics
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcTraces
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogs
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetrics
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpTraces
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2_grpc
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import LogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter

from tests.live import LiveServer, Project, http_client
from tests.telemetry.otlp_signals import gauge, logs, metrics, number, record
from tests.telemetry.sending import request, span, trace_id
from windlass.errors import Overloaded, Unavailable
from windlass.server.otlp_ports import OtlpPorts
from windlass.server.run import uvicorn_server

T = TypeVar("T")

# Generated without types.
TraceServiceStub: Any = trace_service_pb2_grpc.TraceServiceStub
LogsServiceStub: Any = logs_service_pb2_grpc.LogsServiceStub
MetricsServiceStub: Any = metrics_service_pb2_grpc.MetricsServiceStub


@contextmanager
def serving(live: LiveServer, **settings: Any) -> Iterator[OtlpPorts]:
    """Serve the live server's engines on free ports of OTLP's own."""
    changed = copy.copy(live.services)
    changed.settings = changed.settings.model_copy(update={"otlp_grpc_port": 0, "otlp_http_port": 0, **settings})
    with OtlpPorts(changed) as ports:
        server = uvicorn_server(changed, otlp_port=ports.http_port)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [ports.http] if ports.http else []}, daemon=True
        )
        thread.start()
        yield ports
        server.should_exit = True
        thread.join()


@pytest.fixture
def ports(live: LiveServer) -> Iterator[OtlpPorts]:
    with serving(live) as opened:
        yield opened


@pytest.fixture
def channel(ports: OtlpPorts) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(f"127.0.0.1:{ports.grpc_port}") as opened:
        yield opened


def eventually(look: Callable[[], T | None]) -> T:
    """Look until there is something: spans can be read within a second after they are acknowledged."""
    deadline = time.monotonic() + 20
    while (found := look()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


def trace_of(project: Project, found: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        with project.http() as http:
            answer = http.get(f"/api/v1/traces/{found}")
        return answer.json() if answer.status_code == 200 else None

    return eventually(look)


Exporters = tuple[SpanExporter, LogRecordExporter, MetricExporter]


def over_grpc(ports: OtlpPorts, project: Project, compression: grpc.Compression) -> Exporters:
    said: dict[str, Any] = {
        "endpoint": f"127.0.0.1:{ports.grpc_port}",
        "insecure": True,
        "headers": {"authorization": f"Bearer {project.key}"},
        "compression": compression,
    }
    return GrpcTraces(**said), GrpcLogs(**said), GrpcMetrics(**said)


def over_http(url: str, project: Project, compression: Compression) -> Exporters:
    said: dict[str, Any] = {"headers": {"x-api-key": project.key}, "compression": compression}
    return (
        HttpTraces(f"{url}/v1/traces", **said),
        HttpLogs(f"{url}/v1/logs", **said),
        HttpMetrics(f"{url}/v1/metrics", **said),
    )


TRANSPORTS: dict[str, Callable[[OtlpPorts, Project], Exporters]] = {
    "grpc": lambda ports, project: over_grpc(ports, project, grpc.Compression.NoCompression),
    "grpc gzip": lambda ports, project: over_grpc(ports, project, grpc.Compression.Gzip),
    "grpc deflate": lambda ports, project: over_grpc(ports, project, grpc.Compression.Deflate),
    "http": lambda ports, project: over_http(project.live.url, project, Compression.NoCompression),
    "http gzip": lambda ports, project: over_http(
        f"http://127.0.0.1:{ports.http_port}", project, Compression.Gzip
    ),
}


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_the_exporters_of_the_opentelemetry_sdk_deliver_all_three_signals(
    ports: OtlpPorts, project: Project, transport: str
) -> None:
    traces, logs_out, metrics_out = TRANSPORTS[transport](ports, project)
    tracers = TracerProvider(shutdown_on_exit=False)
    tracers.add_span_processor(SimpleSpanProcessor(traces))
    loggers = LoggerProvider(shutdown_on_exit=False)
    loggers.add_log_record_processor(SimpleLogRecordProcessor(logs_out))
    reader = PeriodicExportingMetricReader(metrics_out, export_interval_millis=3_600_000)
    meters = MeterProvider(metric_readers=[reader], shutdown_on_exit=False)
    with tracers.get_tracer("shop").start_as_current_span("ask") as asked:
        loggers.get_logger("shop").emit(
            LogRecord(
                timestamp=time.time_ns(), event_name="gen_ai.user.message", body={"content": "How much is it?"}
            )
        )
        meters.get_meter("shop").create_histogram("gen_ai.client.operation.duration", unit="s").record(
            0.5, {"gen_ai.request.model": "m1"}
        )
        found = format(asked.get_span_context().trace_id, "032x")
    tracers.shutdown()
    loggers.shutdown()
    meters.shutdown()

    (shown,) = trace_of(project, found)["spans"]
    assert shown["name"] == "ask"
    assert [(event["name"], event["body"]) for event in shown["events"]] == [
        ("gen_ai.user.message", {"content": "How much is it?"})
    ]
    (group,) = project.client.get(
        "/metrics", name="gen_ai.client.operation.duration", group_by="gen_ai.request.model"
    )["items"]
    assert (group["attributes"], group["count"], group["sum"]) == ({"gen_ai.request.model": "m1"}, 1, 0.5)


def metadata(key: str) -> list[tuple[str, str]]:
    return [("authorization", f"Bearer {key}")]


def refused(call: Callable[..., Any], message: Any, key: str | None = None, **more: Any) -> grpc.RpcError:
    with pytest.raises(grpc.RpcError) as raised:
        call(message, metadata=metadata(key) if key else [], timeout=20, **more)
    return raised.value


def test_grpc_counts_what_it_rejects_of_each_signal(channel: grpc.Channel, project: Project) -> None:
    sent = metadata(project.key)
    spans = request(span(1, 1), span(1, 2, start_ns=0))
    partial = TraceServiceStub(channel).Export(spans, metadata=sent).partial_success
    assert (partial.rejected_spans, partial.error_message) == (1, "Spans rejected: 1 with no start time.")
    answer = LogsServiceStub(channel).Export(logs(record(), record(time_ns=0)), metadata=sent)
    assert answer.partial_success.rejected_log_records == 1
    assert "neither a time nor an observed time" in answer.partial_success.error_message
    answer = MetricsServiceStub(channel).Export(metrics(gauge(number(1.0), number(1.0, time_ns=0))), metadata=sent)
    assert answer.partial_success.rejected_data_points == 1
    assert answer.partial_success.error_message == "Data points rejected: 1 with no time."
    assert TraceServiceStub(channel).Export(request(), metadata=sent).partial_success.rejected_spans == 0


def test_grpc_says_by_its_codes_what_was_wrong(live: LiveServer, project: Project) -> None:
    with (
        serving(live, mode="server", max_body_mb=1) as ports,
        grpc.insecure_channel(f"127.0.0.1:{ports.grpc_port}") as channel,
    ):
        export = TraceServiceStub(channel).Export
        raw = channel.unary_unary("/opentelemetry.proto.collector.trace.v1.TraceService/Export")
        assert refused(export, request(span())).code() == grpc.StatusCode.UNAUTHENTICATED
        assert refused(export, request(span()), "wl_nobody").code() == grpc.StatusCode.UNAUTHENTICATED
        viewer = refused(export, request(span()), project.key_of("viewer"))
        assert (viewer.code(), "may not do trace:write" in viewer.details()) == (
            grpc.StatusCode.PERMISSION_DENIED,
            True,
        )
        cut_off = refused(raw, request(span()).SerializeToString()[:-3], project.key)
        assert cut_off.code() == grpc.StatusCode.INVALID_ARGUMENT
        assert "truncated or something else" in cut_off.details()
        large = refused(export, request(span(name="x" * 2**20)), project.key)
        assert large.code() == grpc.StatusCode.RESOURCE_EXHAUSTED


def test_a_gzip_bomb_over_grpc_is_inflated_no_further_than_the_limit(live: LiveServer, project: Project) -> None:
    bomb = request(span(name="x" * (64 * 2**20)))
    with (
        serving(live, max_body_mb=1) as ports,
        grpc.insecure_channel(f"127.0.0.1:{ports.grpc_port}") as channel,
    ):
        export = TraceServiceStub(channel).Export
        error = refused(export, bomb, project.key, compression=grpc.Compression.Gzip)
    assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "inflates to more than the limit" in error.details()


@pytest.mark.parametrize(
    ("trouble", "code"),
    [(Overloaded, grpc.StatusCode.RESOURCE_EXHAUSTED), (Unavailable, grpc.StatusCode.UNAVAILABLE)],
)
def test_what_may_be_sent_again_over_grpc_says_when(
    live: LiveServer, project: Project, trouble: type[Unavailable], code: grpc.StatusCode
) -> None:
    class Full:
        def submit(self, *_: Any, **__: Any) -> None:
            raise trouble("Too much waits.", retry_after_s=3)

    services = copy.copy(live.services)
    services.writer = Full()  # type: ignore[assignment]
    services.settings = services.settings.model_copy(update={"otlp_grpc_port": 0, "otlp_http_port": -1})
    with OtlpPorts(services) as ports, grpc.insecure_channel(f"127.0.0.1:{ports.grpc_port}") as channel:
        error = refused(TraceServiceStub(channel).Export, request(span()), project.key)
    assert (error.code(), error.details()) == (code, "Too much waits.")
    trailing = dict(error.trailing_metadata())
    again = RetryInfo()
    assert Status.FromString(trailing["grpc-status-details-bin"]).details[0].Unpack(again)
    assert again.retry_delay.seconds == 3


def test_in_the_mode_dev_a_caller_on_this_machine_needs_no_key_for_grpc(channel: grpc.Channel) -> None:
    assert TraceServiceStub(channel).Export(request(), timeout=20).partial_success.rejected_spans == 0
    wrong = refused(TraceServiceStub(channel).Export, request(), "wl_nobody")
    assert wrong.code() == grpc.StatusCode.UNAUTHENTICATED


def test_the_port_of_otlp_over_http_answers_nothing_else(ports: OtlpPorts, project: Project) -> None:
    with http_client(f"http://127.0.0.1:{ports.http_port}", x_api_key=project.key) as http:
        sent = {"content-type": "application/x-protobuf", "content-encoding": "gzip"}
        body = gzip.compress(request(span(5)).SerializeToString())
        assert http.post("/v1/traces", content=body, headers=sent).status_code == 200
        for path in ("/", "/api/v1/traces", "/v1/models"):
            answer = http.get(path)
            assert (answer.status_code, "This port takes OTLP only" in answer.text) == (404, True)
    assert trace_of(project, trace_id(5))["span_count"] == 1


def test_a_port_that_is_taken_is_one_sentence_in_the_log_and_no_reason_not_to_start(
    live: LiveServer, caplog: pytest.LogCaptureFixture
) -> None:
    services = copy.copy(live.services)
    with socket.create_server(("127.0.0.1", 0)) as collector:
        port = collector.getsockname()[1]
        services.settings = services.settings.model_copy(update={"otlp_grpc_port": port, "otlp_http_port": port})
        with OtlpPorts(services) as ports:
            assert (ports.http, ports.grpc_port) == (None, None)
    said = [entry.getMessage() for entry in caplog.records if entry.name == "windlass.server.otlp_ports"]
    assert [message.partition(":")[0] for message in said] == [
        "OTLP over HTTP is not offered",
        "OTLP over gRPC is not offered",
    ]
    assert all(f"port {port} of 127.0.0.1 cannot be listened on" in message for message in said)


def test_what_grpc_has_under_way_is_answered_before_the_server_ends(live: LiveServer, project: Project) -> None:
    services = copy.copy(live.services)
    entered, let_go = threading.Event(), threading.Event()
    writer = services.writer

    class Slow:
        def submit(self, *arguments: Any, **more: Any) -> Any:
            entered.set()
            let_go.wait(20)
            return writer.submit(*arguments, **more)

    services.writer = Slow()  # type: ignore[assignment]
    services.settings = services.settings.model_copy(update={"otlp_grpc_port": 0, "otlp_http_port": -1})
    ports = OtlpPorts(services)
    with ports, grpc.insecure_channel(f"127.0.0.1:{ports.grpc_port}") as channel:
        answer = TraceServiceStub(channel).Export.future(request(span(9)), metadata=metadata(project.key))
        assert entered.wait(20)
        closing = threading.Thread(target=ports.__exit__)
        closing.start()
        let_go.set()
        closing.join()
        assert answer.result(timeout=20).partial_success.rejected_spans == 0
    assert trace_of(project, trace_id(9))["span_count"] == 1


def test_grpc_is_loaded_only_where_its_port_is_opened() -> None:
    look = "import sys, windlass.server.local, windlass.server.run; print('grpc' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, timeout=120, check=True)
    assert found.stdout.strip() == "False"


EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


def test_calls_whose_message_never_comes_keep_no_other_waiting(channel: grpc.Channel, project: Project) -> None:
    let_go = threading.Event()

    def nothing() -> Iterator[bytes]:
        let_go.wait(60)
        yield from ()

    begun = [channel.stream_unary(EXPORT).future(nothing(), metadata=metadata(project.key)) for _ in range(20)]
    try:
        answer = TraceServiceStub(channel).Export(request(span(7)), metadata=metadata(project.key), timeout=20)
    finally:
        let_go.set()
    assert answer.partial_success.rejected_spans == 0
    # Ended without a message, each is refused.
    assert {call.exception(timeout=20).code() for call in begun} == {grpc.StatusCode.UNIMPLEMENTED}


def test_a_key_that_is_revoked_is_refused_on_connections_that_it_opened(
    live: LiveServer, project: Project
) -> None:
    made = project.client.post("/keys", {"name": "exporter", "role": "application"})
    with (
        serving(live, mode="server") as ports,
        grpc.insecure_channel(f"127.0.0.1:{ports.grpc_port}") as channel,
        project.http(made["key"]) as http,
    ):
        body, kind = request(span(8)).SerializeToString(), {"content-type": "application/x-protobuf"}
        export = TraceServiceStub(channel).Export
        assert http.post("/v1/traces", content=body, headers=kind).status_code == 200
        export(request(span(8)), metadata=metadata(made["key"]), timeout=20)
        project.client.delete(f"/keys/{made['id']}")
        assert http.post("/v1/traces", content=body, headers=kind).status_code == 401
        assert refused(export, request(span(8)), made["key"]).code() == grpc.StatusCode.UNAUTHENTICATED
