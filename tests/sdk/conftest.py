import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import pytest
from opentelemetry import trace as otel
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


class Export(NamedTuple):
    """One OTLP request as it arrived."""

    authorization: str | None
    request: ExportTraceServiceRequest

    @property
    def names(self) -> list[str]:
        return [
            span.name
            for resource in self.request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


class TinyServer:
    """What the SDK needs of a server, over a real socket: it takes traces and gives prompt versions."""

    def __init__(self) -> None:
        self.exports: list[Export] = []
        self.prompts: dict[str, dict[str, object]] = {}
        """Answers by `name/what`."""
        self.asked: list[str] = []
        self.status = 200
        """What is answered instead, where it is not 200."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = gzip.decompress(self.rfile.read(int(self.headers["content-length"])))
                request = ExportTraceServiceRequest.FromString(body)
                server.exports.append(Export(self.headers["authorization"], request))
                self.answer(server.status, b"")

            def do_GET(self) -> None:
                what = self.path.removeprefix("/api/v1/artifacts/prompt/").replace("/versions/", "/")
                server.asked.append(what)
                found = server.prompts.get(what)
                status = server.status if server.status != 200 else 200 if found else 404
                answer = found if status == 200 else {"detail": f"{what}: {status}"}
                self.answer(status, json.dumps(answer).encode())

            def answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header(
                    "content-type", "application/json" if status == 200 else "application/problem+json"
                )
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
                """Say nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[TinyServer]:
    tiny = TinyServer()
    yield tiny
    tiny.close()


@pytest.fixture(scope="session")
def _finished() -> InMemorySpanExporter:
    # OpenTelemetry has one provider a process, and no way to take a processor away again.
    provider = otel.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        otel.set_tracer_provider(provider)
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


@pytest.fixture
def finished(_finished: InMemorySpanExporter) -> InMemorySpanExporter:
    """The spans that ended in this test."""
    _finished.clear()
    return _finished
