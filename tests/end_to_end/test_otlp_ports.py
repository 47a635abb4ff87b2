"""The ports of OTLP's own on a real server: what they acknowledged is there after the server ended."""

import secrets
import signal
from pathlib import Path
from typing import Any

import grpc
import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from .otlp import await_names, batch, send, stored_names
from .processes import Processes

TraceServiceStub: Any = trace_service_pb2_grpc.TraceServiceStub


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL], ids=["asked to end", "killed"])
def test_what_both_ports_acknowledged_is_there_when_the_server_is_back(
    processes: Processes, tmp_path: Path, end: signal.Signals
) -> None:
    data = tmp_path / "data"
    ports = {"WINDLASS_OTLP_GRPC_PORT": "0", "WINDLASS_OTLP_HTTP_PORT": "0"}
    server = processes.serve(data, **ports)
    said = server.process.wait_for(r"OTLP is taken over gRPC on port (\d+) and over HTTP on port (\d+) of 127")
    by_grpc, by_http = secrets.token_bytes(16), secrets.token_bytes(16)
    with grpc.insecure_channel(f"127.0.0.1:{said[1]}") as channel:
        request = ExportTraceServiceRequest.FromString(batch(by_grpc, ["a", "b"]))
        TraceServiceStub(channel).Export(request, timeout=30)
    with httpx2.Client(timeout=30) as client:
        assert send(client, f"http://127.0.0.1:{said[2]}", batch(by_http, ["c", "d"])).status_code == 200
        assert client.get(f"http://127.0.0.1:{said[2]}/api/v1/traces").status_code == 404
    if end == signal.SIGKILL:
        server.process.kill()
    else:
        assert server.process.end() == 0

    with processes.serve(data).client() as back:
        if end == signal.SIGKILL:
            # They wait in the spool: the next server loads them beside its first answers.
            await_names(back, by_grpc, ["a", "b"])
            await_names(back, by_http, ["c", "d"])
        assert stored_names(back, by_grpc) == ["a", "b"]
        assert stored_names(back, by_http) == ["c", "d"]


def test_a_second_server_starts_without_the_ports_of_the_first_and_says_so(
    processes: Processes, tmp_path: Path
) -> None:
    first = processes.serve(tmp_path / "first", WINDLASS_OTLP_GRPC_PORT="0", WINDLASS_OTLP_HTTP_PORT="0")
    said = first.process.wait_for(r"OTLP is taken over gRPC on port (\d+) and over HTTP on port (\d+) of 127")
    second = processes.serve(tmp_path / "second", WINDLASS_OTLP_GRPC_PORT=said[1], WINDLASS_OTLP_HTTP_PORT=said[2])
    for what, port in (("gRPC", said[1]), ("HTTP", said[2])):
        second.process.wait_for(f"OTLP over {what} is not offered: port {port} of 127.0.0.1 cannot be listened on")
    assert second.process.end() == 0
